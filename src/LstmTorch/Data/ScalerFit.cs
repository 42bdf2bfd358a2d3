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
        var ofAll = set.Inputs.Zip(Fit(kind, set, splits, set.Inputs, transform)).ToDictionary(entry => entry.First, entry => entry.Second);
        return
        [
            .. set.Series.Zip(splits, (series, split) => SeriesScaleFit.Of(
                kind, set, series, split.TrainStart, split.TrainEnd, set.Inputs, set.Targets, column => powers.GetValueOrDefault(column), ofAll)),
        ];
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
