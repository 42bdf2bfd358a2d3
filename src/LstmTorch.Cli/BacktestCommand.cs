using System.CommandLine;
using LstmTorch.Backtesting;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Persistence;
using LstmTorch.Reporting;

namespace LstmTorch.Cli;

/// <summary><c>backtest [DATA]</c>: rolling-origin evaluation with refitting.</summary>
internal static class BacktestCommand
{
    private static readonly BacktestOptions s_defaults = new();

    public static Command Create()
    {
        var command = new Verb(
            "backtest",
            "Goes through the data fold by fold: each fold is forecast by a model that was trained on rows before it. The options of train change the model; --help of train explains them. --test-fraction does not count.",
            "sales.csv --target revenue --horizon 7 --folds 8");
        var data = new Argument<string?>("DATA") { Description = "The CSV file; without it, the embedded sample.", Arity = ArgumentArity.ZeroOrOne };
        var folds = new Option<int>("--folds") { Description = $"How many folds. Default: {s_defaults.Folds}.", DefaultValueFactory = _ => s_defaults.Folds, HelpName = "N" };
        var start = new Option<double>("--start") { Description = "Share of the rows before the first fold. Default: 0.5.", DefaultValueFactory = _ => s_defaults.Start, HelpName = "N" };
        Option<string?> window = CommonOptions.Choice<TrainingWindow>("--window", "Train on all rows before a fold, or on the last as many as the first fold has. Default: expanding.");
        var refit = new Option<int>("--refit-every") { Description = "A new model every so many folds; 0 for one model for all. Default: 1.", DefaultValueFactory = _ => s_defaults.RefitEvery, HelpName = "N" };
        command.Add(data);
        foreach (Option option in new Option[] { folds, start, window, refit })
            command.Add(option);
        var train = new TrainOptions(command);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            using var signals = new StopSignals();
            RunOptions model = train.Read(parsed);
            model = model with { Data = parsed.GetValue(data) ?? model.Data };
            var options = new BacktestOptions
            {
                Folds = parsed.GetValue(folds),
                Start = parsed.GetValue(start),
                Window = parsed.GetChoice<TrainingWindow>(window) ?? s_defaults.Window,
                RefitEvery = parsed.GetValue(refit),
            };
            options.Validate();
            model.Validate();
            TimeSeriesSet set = TrainingRun.Read(model);
            var directory = new BacktestDirectory(model.Out ?? BacktestDirectory.Default(model.Data));
            directory.Prepare(model.Overwrite);
            Action<FoldResult>? tell = parsed.GetValue(CommonOptions.Quiet) ? null : fold => Console.Error.WriteLine(Line(fold));
            BacktestResult result;
            try
            {
                result = Backtest.Run(set, model, options, tell, signals.Token);
            }
            catch (OperationCanceledException)
            {
                return signals.ExitCode;
            }

            directory.Write(set, model, options, result);
            if (parsed.GetValue(CommonOptions.Json))
                Console.Out.Write(BacktestDirectory.Serialize(set, model, options, result));
            else
                Write(Console.Out, result, model.Seasonality ?? set.Series[0].Time.DefaultSeasonality, directory);
            return ExitCode.Success;
        });
        return command;
    }

    private static string Line(FoldResult fold) => FormattableString.Invariant(
        $"fold {fold.Fold}, {fold.Metrics.From} to {fold.Metrics.To}: RMSE {fold.Metrics.Model.Rmse:G4}, naive {fold.Metrics.Naive.Rmse:G4}");

    private static void Write(TextWriter output, BacktestResult result, int seasonality, BacktestDirectory directory)
    {
        var table = new TextTable(["fold", "from", "best baseline", "its RMSE", "model RMSE"], wordColumns: 3);
        int won = 0;
        foreach (FoldResult fold in result.Folds)
        {
            var best = fold.Metrics.Together.Best(metrics => metrics.Rmse, seasonality);
            won += fold.Metrics.Model.Rmse < best?.Error ? 1 : 0;
            table.Add(fold.Fold.ToString(System.Globalization.CultureInfo.InvariantCulture), fold.Metrics.From, best?.Baseline.Title(seasonality) ?? "-", best?.Error, fold.Metrics.Model.Rmse);
        }

        table.Write(output);
        output.WriteLine();
        ResultTables.WriteForecasts(output, new Dictionary<string, PartMetrics> { ["all folds"] = result.All }, seasonality);
        output.WriteLine();
        output.WriteLine($"By root mean squared error, the model beats the best baseline in {won} of {ResultTables.Count(result.Folds.Count, "fold")}.");
        if (result.All.Quantiles is { } quantiles)
            output.WriteLine(QuantileSummary.Of(quantiles));
        foreach (IntervalMetrics interval in result.All.Intervals ?? [])
            output.WriteLine(FormattableString.Invariant($"{100 * interval.Coverage:0.##} % intervals hold {100 * interval.Observed:F1} % of the values; mean width {interval.Width:G4}"));
        output.WriteLine($"written to {directory.Results}, with {Path.GetFileName(directory.Predictions)} and {Path.GetFileName(directory.Report)} beside it");
    }
}
