using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Fits the scales of columns to training rows, that were measured, and to no others.</summary>
public static class ScalerFit
{
    /// <summary>One scale a column, over the training rows of all series together; none for what was made from dates.</summary>
    /// <param name="kind">How to scale.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="transform">What happens to the targets, also among the inputs, before they are scaled.</param>
    /// <exception cref="LstmTorchException">A target has a value that cannot be transformed.</exception>
    public static IReadOnlyList<ColumnScaler> Fit(
        ScalerKind kind, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, IReadOnlyList<string> columns, TargetTransform transform = TargetTransform.None)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(columns);
        return
        [
            .. columns.Select(column => set.IsDerived(column) ? ColumnScaler.Identity : ColumnScaler.Fit(
                kind,
                TrainingRows(set, splits, column),
                set.Targets.Contains(column) ? BoxCoxFit.Power(transform, set, splits, column) : null)),
        ];
    }

    /// <summary>The scales of each series, over its own training rows; a power that is fitted is that of all together.</summary>
    /// <param name="kind">How to scale.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts of each series.</param>
    /// <param name="transform">What happens to the targets, also among the inputs, before they are scaled.</param>
    public static IReadOnlyList<SeriesScale> FitEach(ScalerKind kind, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, TargetTransform transform)
    {
        ArgumentNullException.ThrowIfNull(set);
        var powers = set.Targets.ToDictionary(target => target, target => BoxCoxFit.Power(transform, set, splits, target));
        return
        [
            .. set.Series.Zip(splits, (series, split) => Of(
                kind, set, series, split.TrainStart, split.TrainEnd, set.Inputs, set.Targets, column => powers.GetValueOrDefault(column))),
        ];
    }

    /// <summary>The scales of a series that a model has not seen, by rows of it that are known.</summary>
    /// <param name="config">The model's description.</param>
    /// <param name="set">The data.</param>
    /// <param name="series">The series.</param>
    /// <param name="rows">Its first rows, so many, are known.</param>
    internal static SeriesScale OfUnknown(ForecasterConfig config, TimeSeriesSet set, TimeSeries series, int rows)
    {
        var powers = config.Inputs.Zip(config.InputScalers).Concat(config.Targets.Zip(config.TargetScalers))
            .DistinctBy(entry => entry.First).ToDictionary(entry => entry.First, entry => entry.Second.Power);
        return Of(config.Scaler, set, series, 0, rows, config.Inputs, config.Targets, column => powers[column]);
    }

    private static SeriesScale Of(
        ScalerKind kind, TimeSeriesSet set, TimeSeries series, int start, int end, IReadOnlyList<string> inputs, IReadOnlyList<string> targets, Func<string, double?> power)
    {
        ColumnScaler Fitted(string column) => set.IsDerived(column) ? ColumnScaler.Identity : ColumnScaler.Fit(kind, series.Measured(column, end)[start..], power(column));

        // A target that is no input may be missing in data that is only forecast: then nothing tells its scale.
        ColumnScaler OfTarget(string target) => series.Columns.Contains(target)
            ? Fitted(target)
            : throw new LstmTorchException(ErrorKind.BadData, $"{set.SourceName}: the model has not seen series '{series.Id}', and there is no column '{target}' to scale its forecasts by");
        return new SeriesScale(series.Id, [.. inputs.Select(Fitted)], [.. targets.Select(OfTarget)]);
    }

    internal static ReadOnlySpan<double> TrainingRows(TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, string column)
    {
        if (set.Series.Count == 1)
            return set.Series[0].Measured(column, splits[0].TrainEnd)[splits[0].TrainStart..];

        var rows = new List<double>();
        for (int s = 0; s < set.Series.Count; s++)
            rows.AddRange(set.Series[s].Measured(column, splits[s].TrainEnd)[splits[s].TrainStart..]);
        return rows.ToArray();
    }
}
