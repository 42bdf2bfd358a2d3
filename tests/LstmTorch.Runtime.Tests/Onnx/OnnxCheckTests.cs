using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Xunit;

namespace LstmTorch.Runtime.Tests.Onnx;

public class OnnxCheckTests
{
    private static readonly ModelFile s_model = Models.Random(Models.Config(Peephole.Full));

    [Fact]
    public void LargestDifference_OfTheModelItself_IsNone() => Assert.Equal(0, OnnxCheck.LargestDifference(s_model, (windows, _, count) => Forecast(windows, count)));

    /// <summary>One of the quantiles, by a hundredth of the first target's scale of 2: relative to forecasts around 100, 2e-4.</summary>
    [Fact]
    public void LargestDifference_OfOneQuantile_IsSeen()
    {
        ModelFile model = Models.WithQuantiles(s_model.Config, OutputDistribution.Gaussian);
        float[] Quantiles(float[] windows, int count)
        {
            var forecaster = new Forecaster(model);
            float[] quantiles = new float[count * forecaster.QuantilesSize];
            forecaster.ForecastQuantiles(windows, quantiles);
            return quantiles;
        }

        Assert.Equal(0, OnnxCheck.LargestDifference(model, (windows, _, count) => Quantiles(windows, count), allQuantiles: true));
        double difference = OnnxCheck.LargestDifference(
            model,
            (windows, _, count) =>
            {
                float[] quantiles = Quantiles(windows, count);
                quantiles[2] += 0.02f;
                return quantiles;
            },
            allQuantiles: true);
        Assert.InRange(difference, 1.5e-4, 2.5e-4);
    }

    [Fact]
    public void LargestDifference_OneForecastOff_IsThatOne()
    {
        // The second target's scale is 7: 0.7 is a tenth of it, and the forecasts are around 200.
        double difference = OnnxCheck.LargestDifference(s_model, (windows, _, count) =>
        {
            float[] forecasts = Forecast(windows, count);
            if (count == 33)
                forecasts[^1] += 0.7f;
            return forecasts;
        });

        Assert.InRange(difference, 0.7 / 230, 0.7 / 170);
    }

    [Fact]
    public void LargestDifference_ForecastThatIsNoNumber_IsNaN() =>
        Assert.Equal(double.NaN, OnnxCheck.LargestDifference(s_model, (windows, _, count) => [.. Forecast(windows, count)[1..], float.NaN]));

    [Fact]
    public void LargestDifference_ForecastsMissing_AreRefused() =>
        Refusal.Of(ErrorKind.Environment, "3 forecasts came back of 1 windows, where 4 are due", () => OnnxCheck.LargestDifference(s_model, (windows, _, count) => Forecast(windows, count)[1..]));

    private static float[] Forecast(float[] windows, int count)
    {
        float[] forecasts = new float[count * s_model.Config.Horizon * s_model.Config.Targets.Count];
        new Forecaster(s_model).Forecast(windows, forecasts);
        return forecasts;
    }
}
