using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests;

public sealed class StreamingForecasterTests
{
    // One sequence at a time and a window of them add the same float32 terms in another order.
    private const double Tolerance = 1e-6;

    private static readonly ModelFile s_model = Models.Random(Models.Config(Peephole.Full, contextLength: 40, hiddenSizes: [18, 5, 9]));
    private static readonly double[] s_rows = Models.Windows(s_model.Config, 1);

    private static ReadOnlySpan<double> Row(int n) => s_rows.AsSpan(3 * (n % 40), 3);

    private static double[] Forecast(StreamingForecaster stream)
    {
        double[] forecast = new double[4];
        stream.Forecast(forecast);
        return forecast;
    }

    private static StreamingForecaster After(int observations)
    {
        StreamingForecaster stream = new Forecaster(s_model).Stream();
        for (int n = 0; n < observations; n++)
            stream.Observe(Row(n));
        return stream;
    }

    [Fact]
    public void New_ModelThatNormalizesItsWindows_IsRefused()
    {
        ForecasterConfig config = Models.Config(Peephole.Full);
        var model = Models.Random(config with { Targets = [.. config.Inputs.Take(2)], Normalize = WindowNormalization.Last });
        var error = Assert.Throws<LstmTorchException>(() => new Forecaster(model).Stream());
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("--normalize none", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(1, true)]
    public void New_ModelThatReadsWholeWindows_IsRefused(int patchLength, bool highway)
    {
        ForecasterConfig config = Models.Config(Peephole.Full);
        var model = Models.Random(config with { Targets = [.. config.Inputs.Take(2)], PatchLength = patchLength, Highway = highway });
        var error = Assert.Throws<LstmTorchException>(() => new Forecaster(model).Stream());
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("without --patch-length and --highway", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Forecast_KnownCovariates_IsThatOfTheWindow(int members)
    {
        ModelFile model = Models.Random(Models.Covariates(Peephole.Full) with { Members = members });
        var forecaster = new Forecaster(model);
        double[] window = Models.Windows(model.Config, 1), known = Models.Known(model.Config, 1), expected = new double[6], actual = new double[6];
        forecaster.Forecast(window, known, expected);
        StreamingForecaster stream = forecaster.Stream();
        for (int row = 0; row < model.Config.ContextLength; row++)
            stream.Observe(window.AsSpan(row * 3, 3));
        stream.Forecast(known, actual);

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, Math.Abs(pair.First))));
        Refusal.Of(ErrorKind.Usage, "0 values of known covariates, but a forecast needs 6: 3 steps of input 2, input 0", () => stream.Forecast(actual));
        known[5] = double.PositiveInfinity;
        Refusal.Of(ErrorKind.BadData, "step 3 after the last observation, column 'input 0': Infinity is not a finite number", () => stream.Forecast(known, actual));
    }

    [Fact]
    public void Forecast_AfterAnyNumberOfObservations_IsThatOfOneWindow()
    {
        StreamingForecaster stream = After(0);
        for (int n = 1; n <= 40; n++)
        {
            stream.Observe(Row(n - 1));
            double[] expected = new double[4];
            new Forecaster(s_model with { Config = s_model.Config with { ContextLength = n } }).Forecast(s_rows.AsSpan(0, 3 * n), expected);
            Assert.Equal(n, stream.Observations);
            Assert.All(expected.Zip(Forecast(stream)), pair => Assert.Equal(pair.First, pair.Second, Tolerance * pair.First));
        }
    }

    [Fact]
    public void Observe_SinglePrecision_IsThatOfTheSameValues()
    {
        StreamingForecaster single = After(0), twice = After(0);
        for (int n = 0; n < 3; n++)
        {
            float[] row = [.. Row(n).ToArray().Select(value => (float)value)];
            single.Observe(row);
            twice.Observe([.. row.Select(value => (double)value)]);
        }

        float[] forecast = new float[4];
        single.Forecast(forecast);
        Assert.Equal(Forecast(twice).Select(value => (float)value), forecast);
    }

    [Fact]
    public void Reset_AfterObservations_StartsAnew()
    {
        StreamingForecaster stream = After(9);
        stream.Reset();
        Assert.Equal(0, stream.Observations);
        stream.Observe(Row(0));
        Assert.Equal(Forecast(After(1)), Forecast(stream));
    }

    [Fact]
    public void ObserveAndForecast_AllocateNothing()
    {
        StreamingForecaster stream = After(3);
        float[] row = [1, 2, 3], forecast = new float[4];

        // The first call of a kind may compile and start what is then there for all.
        stream.Observe(row);
        stream.Forecast(forecast);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 1000; n++)
        {
            stream.Observe(row);
            stream.Forecast(forecast);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Observe_WhatCannotBeUsed_IsRefusedAndChangesNothing()
    {
        StreamingForecaster stream = After(2);
        double[] before = Forecast(stream);
        Refusal.Of(ErrorKind.Usage, "an observation of this model has 3 values, not 2: input 0, input 1, input 2", () => stream.Observe(new float[2]));
        Refusal.Of(ErrorKind.BadData, "observation 3, column 'input 1': NaN is not a finite number", () => stream.Observe(new[] { 1, double.NaN, 2 }));
        Refusal.Of(ErrorKind.Usage, "there is room for 3 values, but a forecast takes 4: 2 steps of 2 targets", () => stream.Forecast(new float[3]));
        Assert.Equal(before, Forecast(stream));
        stream.Observe(Row(2));
        Assert.Equal(Forecast(After(3)), Forecast(stream));
    }

    [Fact]
    public void Forecast_BeforeAnyObservation_IsRefused() =>
        Refusal.Of(ErrorKind.Usage, "nothing was observed yet", () => After(0).Forecast(new float[4]));

    [Fact]
    public void RestoreState_InAnotherStream_GoesOnToTheBit()
    {
        StreamingForecaster stream = After(7), other = After(4);
        other.RestoreState(stream.SaveState());
        Assert.Equal(7, other.Observations);
        Assert.Equal(Forecast(stream), Forecast(other));
        stream.Observe(Row(7));
        other.Observe(Row(7));
        Assert.Equal(Forecast(stream), Forecast(other));
        Assert.Equal(stream.SaveState(), other.SaveState());
    }

    [Fact]
    public void SaveState_OfAFreshStream_IsAllZeros()
    {
        StreamingForecaster other = After(4);
        other.RestoreState(After(0).SaveState());
        other.Observe(Row(0));
        Assert.Equal(Forecast(After(1)), Forecast(other));
        Assert.All(After(0).SaveState()[32..^8], value => Assert.Equal(0, value));
    }

    [Fact]
    public void RestoreState_AnyByteChangedOrMissing_IsRefusedAndChangesNothing()
    {
        StreamingForecaster stream = After(5);
        double[] before = Forecast(stream);
        byte[] state = After(7).SaveState();
        for (int n = 0; n < state.Length; n++)
        {
            byte[] changed = [.. state];
            changed[n] ^= 0x80;
            Assert.Throws<LstmTorchException>(() => stream.RestoreState(changed));
            Assert.Throws<LstmTorchException>(() => stream.RestoreState(state.AsSpan(0, n)));
        }

        Assert.Equal(before, Forecast(stream));
        Assert.Equal(5, stream.Observations);
    }

    [Fact]
    public void RestoreState_OfOthers_SaysWhose()
    {
        StreamingForecaster stream = After(1);
        byte[] newer = stream.SaveState();
        newer[8] = 2;
        Refusal.Of(ErrorKind.Damaged, "format 2, this program reads 1", () => stream.RestoreState(newer));
        Refusal.Of(ErrorKind.Damaged, "these 3 bytes are no saved state", () => stream.RestoreState([1, 2, 3]));

        // One weight or one input's scale makes it another model; what only the head's reader uses does not.
        byte[] state = stream.SaveState();
        ForecasterConfig config = s_model.Config;
        ModelFile rescaled = s_model with { Config = config with { InputScalers = [new(0, 4), new(10, 5), new(20, 6.5)] } };
        foreach (ModelFile model in (ModelFile[])[Models.Random(config, seed: 9), rescaled])
            Refusal.Of(ErrorKind.Usage, "belongs to another model", () => new Forecaster(model).Stream().RestoreState(state));
        new Forecaster(s_model with { Config = config with { ContextLength = 3 } }).Stream().RestoreState(state);
    }
}
