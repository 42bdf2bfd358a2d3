using LstmTorch.Data;
using LstmTorch.Runtime;

namespace LstmTorch.Backtesting;

/// <summary>Which rows a fold trains on.</summary>
public enum TrainingWindow
{
    /// <summary>All before it.</summary>
    Expanding,

    /// <summary>The last of them, as many as the first fold has.</summary>
    Sliding,
}

/// <summary>How a series is cut into folds, each of which is forecast by a model that has seen only what came before.</summary>
public sealed record BacktestOptions
{
    /// <summary>How many folds.</summary>
    /// <value>5; at least 1.</value>
    public int Folds { get; init; } = 5;

    /// <summary>The share of the rows before the first fold.</summary>
    /// <value>0.5; above 0 and below 1.</value>
    public double Start { get; init; } = 0.5;

    /// <summary>Which rows a fold trains on.</summary>
    /// <value>All before it.</value>
    public TrainingWindow Window { get; init; } = TrainingWindow.Expanding;

    /// <summary>A new model every so many folds; 0 for one model, of the first fold, for all.</summary>
    /// <value>1.</value>
    public int RefitEvery { get; init; } = 1;

    /// <summary>The rows from one origin of a fold to the next; the horizon, for windows that share no row.</summary>
    /// <value>1.</value>
    public int Stride { get; init; } = 1;

    /// <summary>Checks every range.</summary>
    /// <exception cref="LstmTorchException">A value is out of its range.</exception>
    public void Validate()
    {
        Require(Folds >= 1, "--folds must be at least 1");
        Require(Start is > 0 and < 1, "--start must be above 0 and below 1");
        Require(RefitEvery >= 0, "--refit-every must be at least 0");
        Require(Stride >= 1, "--stride must be at least 1");
    }

    /// <summary>The parts of each series for one fold.</summary>
    /// <param name="set">The data.</param>
    /// <param name="fold">The fold, from 0.</param>
    /// <param name="validationFraction">The share of the rows before the fold that chooses the best weights, its last ones.</param>
    public ChronologicalSplit[] Splits(TimeSeriesSet set, int fold, double validationFraction)
    {
        ArgumentNullException.ThrowIfNull(set);
        return [.. set.Series.Select(series => Split(series.Length, fold, validationFraction))];
    }

    /// <summary>The parts of one series for one fold: the rows to train on, those that choose the best weights, and the fold itself.</summary>
    /// <param name="rows">The rows of the series.</param>
    /// <param name="fold">The fold, from 0.</param>
    /// <param name="validationFraction">The share of the rows before the fold that chooses the best weights, its last ones.</param>
    public ChronologicalSplit Split(int rows, int fold, double validationFraction)
    {
        int first = (int)(rows * Start), cut = Border(fold), from = Window == TrainingWindow.Sliding ? cut - first : 0;
        int validation = (int)((cut - from) * validationFraction);
        return new ChronologicalSplit(cut - validation, cut, Border(fold + 1)) { TrainStart = from };

        int Border(int number) => first + (int)((long)(rows - first) * number / Folds);
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new LstmTorchException(ErrorKind.Usage, message);
    }
}
