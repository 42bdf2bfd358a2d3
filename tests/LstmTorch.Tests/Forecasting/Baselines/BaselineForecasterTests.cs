using LstmTorch.Data;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Forecasting.Baselines;

public sealed class BaselineForecasterTests
{
    private const int Horizon = 3, Origin = 45;

    private static readonly RunOptions s_options = new() { Target = ["level", "ahead"], ContextLength = 4, Horizon = Horizon };

    public static TheoryData<Baseline> Each => [.. Enum.GetValues<Baseline>()];

    [Theory]
    [MemberData(nameof(Each))]
    public void Of_RowsAfterTheOrigin_ChangeNothing(Baseline baseline)
    {
        double[] before = Forecast(baseline, null), after = Forecast(baseline, (values, row) =>
        {
            if (row > Origin)
                (values[0], values[1]) = (-1e5, 1e5);
        });
        Assert.Equal(before, after);
        Assert.DoesNotContain(double.NaN, before);
    }

    /// <summary>Steps and targets lie where the model's do: the second target's naive forecast is its own last value.</summary>
    [Fact]
    public void Of_TwoTargets_LiesAsTheModelsForecasts()
    {
        double[] forecasts = Forecast(Baseline.Naive, null);
        double level = 10 + (4 * Math.Sin(Origin * 0.4)) + (0.05 * Origin), ahead = 3 * Math.Sin((Origin + 1) * 0.4);
        Assert.Equal([level, ahead, level, ahead, level, ahead], forecasts);
    }

    [Fact]
    public void All_WithoutTrainingRows_LacksTheLinear()
    {
        using var folder = new TemporaryFolder();
        var (set, config, _) = Read(folder, null);
        Assert.Equal(Enum.GetValues<Baseline>(), new BaselineForecaster(set, config, [40]).All);
        Assert.DoesNotContain(Baseline.Linear, new BaselineForecaster(set, config, null).All);
        Assert.DoesNotContain(Baseline.Linear, new BaselineForecaster(set, config, [5]).All);
    }

    private static double[] Forecast(Baseline baseline, Action<double[], int>? change)
    {
        using var folder = new TemporaryFolder();
        var (set, config, windows) = Read(folder, change);
        return new BaselineForecaster(set, config, [40]).Of(baseline, windows);
    }

    /// <summary>The data, and the one window whose origin is that of the tests.</summary>
    private static (TimeSeriesSet Set, ForecasterConfig Config, WindowIndex Windows) Read(TemporaryFolder folder, Action<double[], int>? change)
    {
        TimeSeriesSet set = SeriesReader.Read(SmallSeries.Write(folder, change: change), s_options.Reading);
        ForecasterConfig config = ModelFit.Describe(s_options, set, [new ChronologicalSplit(40, 50, SmallSeries.Rows)]);
        WindowIndex windows = WindowIndex.Of([new ChronologicalSplit(Origin + 1, Origin + 1 + Horizon, SmallSeries.Rows)], Part.Validation, config.ContextLength, Horizon);
        Assert.Equal(Origin, windows[0].Origin);
        Assert.Equal(1, windows.Count);
        return (set, config, windows);
    }
}
