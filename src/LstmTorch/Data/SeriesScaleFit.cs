using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Fits the scales of one series to rows of its own.</summary>
internal static class SeriesScaleFit
{
    /// <summary>The scales of a window's series: the model's, or by its rows up to the origin; null where all series have the same.</summary>
    public static SeriesScale? Of(ForecasterConfig config, TimeSeriesSet set, Window window)
    {
        TimeSeries series = set.Series[window.Series];
        return config.SeriesScales.Count == 0
            ? null
            : config.SeriesScales.FirstOrDefault(scale => scale.Id == series.Id) ?? OfUnknown(config, set, series, window.Origin + 1);
    }

    /// <summary>The scales of a series that a model has not seen, by rows of it that are known.</summary>
    /// <param name="config">The model's description.</param>
    /// <param name="set">The data.</param>
    /// <param name="series">The series.</param>
    /// <param name="rows">Its first rows, so many, are known.</param>
    public static SeriesScale OfUnknown(ForecasterConfig config, TimeSeriesSet set, TimeSeries series, int rows)
    {
        var powers = config.Inputs.Zip(config.InputScalers).Concat(config.Targets.Zip(config.TargetScalers))
            .DistinctBy(entry => entry.First).ToDictionary(entry => entry.First, entry => entry.Second.Power);
        var ofAll = config.Inputs.Zip(config.InputScalers).ToDictionary(entry => entry.First, entry => entry.Second);
        return Of(config.Scaler, set, series, 0, rows, config.Inputs, config.Targets, column => powers[column], ofAll);
    }

    /// <summary>
    /// The scales of a series, by the measured ones of its rows from a start to an end. An input that is no target and does not change
    /// there, such as the size of a store, keeps the scale of all series: in its own it would say nothing.
    /// </summary>
    public static SeriesScale Of(
        ScalerKind kind, TimeSeriesSet set, TimeSeries series, int start, int end, IReadOnlyList<string> inputs, IReadOnlyList<string> targets, Func<string, double?> power,
        Dictionary<string, ColumnScaler> ofAll)
    {
        ColumnScaler Fitted(string column) => set.IsDerived(column) ? ColumnScaler.Identity : ColumnScaler.Fit(kind, series.Measured(column, end)[start..], power(column));

        // A target that is no input may be missing in data that is only forecast: then nothing tells its scale.
        ColumnScaler OfTarget(string target) => series.Columns.Contains(target)
            ? Fitted(target)
            : throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: the model has not seen series '{series.Id}', and there is no column '{target}' to scale its forecasts by");
        ColumnScaler OfInput(string input)
        {
            double[] known = [.. series.Measured(input, end)[start..].ToArray().Where(double.IsFinite)];
            return !targets.Contains(input) && !known.AsSpan().ContainsAnyExcept(known.FirstOrDefault()) ? ofAll[input] : Fitted(input);
        }

        return new SeriesScale(series.Id, [.. inputs.Select(OfInput)], [.. targets.Select(OfTarget)]);
    }
}
