using CsCheck;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

/// <summary>Configurations for tests: one with no two values alike, and any valid one.</summary>
internal static class Configs
{
    private static readonly Gen<ColumnScaler> s_scalers =
        Gen.Select(Gen.Double.Where(double.IsFinite), Gen.Double.Where(value => double.IsFinite(value) && value != 0))
            .Select((offset, scale) => new ColumnScaler(offset, scale));

    public static ForecasterConfig Example => new()
    {
        Inputs = ["temp_max", "Wind \"ü\""],
        Targets = ["temp_max", "rain", "snow"],
        ContextLength = 14,
        Horizon = 2,
        HiddenSizes = [5, 3],
        Dropout = 0.1,
        Peephole = PeepholeKind.Full,
        Connections = PeepholeConnections.All,
        Scaler = ScalerKind.Standard,
        InputScalers = [new(12.5, 3), new(-0.1, 1e-300)],
        TargetScalers = [new(12.5, 3), new(0.30000000000000004, 7), new(0, -1)],
        TimeColumn = "date",
        SeriesIdColumn = null,
        Seasonality = 7,
        Missing = MissingValues.ForwardFill,
    };

    public static Gen<ForecasterConfig> Any { get; } =
        from inputs in Gen.String.Array[1, 4]
        from targets in Gen.String.Array[1, 3]
        from patchLength in Gen.Int[1, 1000]
        from patches in Gen.Int[1, 1_000_000]
        from highway in Gen.Bool
        from intervals in Gen.Bool
        from horizon in Gen.OneOf(Gen.Int[1, 20], Gen.Int[1, int.MaxValue])
        from hiddenSizes in Gen.Int[1, ForecasterConfig.MaximumHiddenSize].Array[1, 5]
        from dropout in Gen.Double[0, 0.999]
        from peephole in Gen.Int[0, 2]
        from connections in Gen.Int[0, 15]
        from scaler in Gen.Int[0, 2]
        from inputScalers in s_scalers.Array[inputs.Length]
        from targetScalers in s_scalers.Array[targets.Length]
        from timeColumn in Gen.String.Null()
        from seriesIdColumn in Gen.String.Null()
        from seasonality in Gen.Int[1, int.MaxValue]
        from missing in Gen.Int[0, 3]
        from normalize in Gen.Int[0, 4]
        from calendar in Gen.Bool
        from distribution in normalize == (int)WindowNormalization.Difference && horizon > 1 ? Gen.Const(0) : Gen.Int[0, 3]
        select new ForecasterConfig
        {
            Inputs = calendar ? [.. inputs, "weekday_cos", "weekday_sin", "day=feast"] : inputs,
            Categories = calendar ? [new("day", ["feast"])] : [],
            FutureCovariates = calendar ? ["day=feast"] : [],
            SeriesColumns = calendar && targets.Length == 1 && seriesIdColumn is null ? ["a", "b"] : [],
            Calendar = calendar ? [CalendarFeature.Weekday] : [],
            NormalizeExcept = calendar && normalize > 0 ? ["weekday_sin"] : [],
            Targets = normalize == 0 && !highway ? targets : [.. targets.Select((_, n) => inputs[n % inputs.Length])],
            ContextLength = patches * patchLength,
            PatchLength = patchLength,
            Highway = highway,
            Intervals = intervals && horizon <= 20 ? [new(0.8, [.. Enumerable.Range(0, horizon * targets.Length).Select(n => n * 0.5)])] : [],
            SmallestChanges = intervals && horizon <= 20 ? [.. targets.Select((_, n) => 1.0 / (n + 3))] : [],
            Horizon = horizon,
            HiddenSizes = hiddenSizes,
            Dropout = dropout,
            Peephole = (PeepholeKind)peephole,
            Connections = (PeepholeConnections)connections,
            Scaler = (ScalerKind)scaler,
            InputScalers = calendar ? [.. inputScalers, ColumnScaler.Identity, ColumnScaler.Identity, ColumnScaler.Identity] : inputScalers,
            TargetScalers = distribution == 0 ? targetScalers : [.. targetScalers.Select(scale => scale with { Scale = Math.Abs(scale.Scale) })],
            Distribution = (OutputDistribution)distribution,
            Quantiles = distribution == 0 ? [] : [0.1, 0.5, 0.9],
            IntervalRate = distribution * 0.3,
            TimeColumn = timeColumn,
            TimeStep = timeColumn is null ? null : "1 day",
            SeriesIdColumn = seriesIdColumn,
            Seasonality = seasonality,
            Missing = (MissingValues)missing,
            InsertRows = timeColumn is not null && (MissingValues)missing is MissingValues.Interpolate or MissingValues.ForwardFill,
            Normalize = (WindowNormalization)normalize,
        };

    /// <summary>Compares every field; records compare their lists by reference.</summary>
    public static void AssertEqual(ForecasterConfig expected, ForecasterConfig actual)
    {
        Assert.Equal(expected.Inputs, actual.Inputs);
        Assert.Equal(expected.Targets, actual.Targets);
        Assert.Equal(expected.HiddenSizes, actual.HiddenSizes);
        Assert.Equal(expected.InputScalers, actual.InputScalers);
        Assert.Equal(expected.TargetScalers, actual.TargetScalers);
        Assert.Equal(expected.Intervals.Select(interval => interval.Coverage), actual.Intervals.Select(interval => interval.Coverage));
        Assert.Equal(expected.Intervals.SelectMany(interval => interval.HalfWidths), actual.Intervals.SelectMany(interval => interval.HalfWidths));
        Assert.Equal(expected.SmallestChanges, actual.SmallestChanges);
        Assert.Equal(expected.SeriesScales.Select(scale => scale.Id), actual.SeriesScales.Select(scale => scale.Id));
        Assert.Equal(expected.SeriesScales.SelectMany(scale => scale.InputScalers.Concat(scale.TargetScalers)), actual.SeriesScales.SelectMany(scale => scale.InputScalers.Concat(scale.TargetScalers)));
        Assert.Equal(expected.Calendar, actual.Calendar);
        Assert.Equal(expected.NormalizeExcept, actual.NormalizeExcept);
        Assert.Equal(expected.Quantiles, actual.Quantiles);
        Assert.Equal(expected.Categories.Select(column => column.Column), actual.Categories.Select(column => column.Column));
        Assert.Equal(expected.Categories.SelectMany(column => column.Values), actual.Categories.SelectMany(column => column.Values));
        Assert.Equal(expected.FutureCovariates, actual.FutureCovariates);
        Assert.Equal(expected.SeriesColumns, actual.SeriesColumns);
        Assert.Equal(expected, actual with
        {
            Inputs = expected.Inputs,
            Targets = expected.Targets,
            HiddenSizes = expected.HiddenSizes,
            InputScalers = expected.InputScalers,
            TargetScalers = expected.TargetScalers,
            Intervals = expected.Intervals,
            SmallestChanges = expected.SmallestChanges,
            SeriesScales = expected.SeriesScales,
            Calendar = expected.Calendar,
            NormalizeExcept = expected.NormalizeExcept,
            Quantiles = expected.Quantiles,
            Categories = expected.Categories,
            FutureCovariates = expected.FutureCovariates,
            SeriesColumns = expected.SeriesColumns,
        });
    }

    /// <summary>The weights of the configuration, all numbers distinct.</summary>
    public static List<SafetensorsTensor> Weights(ForecasterConfig config)
    {
        var tensors = new List<SafetensorsTensor>();
        int next = 0;
        foreach (var (name, shape) in ModelTensors.Expected(config))
        {
            int count = (int)shape.Aggregate(1L, (size, dimension) => size * dimension);
            tensors.Add(SafetensorsTensor.FromFloats(name, shape, [.. Enumerable.Range(next, count).Select(i => 0.5f * i)]));
            next += count;
        }

        return tensors;
    }
}
