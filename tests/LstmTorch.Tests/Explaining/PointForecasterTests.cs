using LstmTorch.Explaining;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Explaining;

public sealed class PointForecasterTests
{
    /// <summary>The head says 3, 1 and 2, which are sorted, and the middle one is 10 + 4·2.</summary>
    [Fact]
    public void Forecast_OfQuantiles_IsTheirMedian()
    {
        ForecasterConfig config = LinearModel.Config with { Highway = false, Distribution = OutputDistribution.Quantiles, Quantiles = [0.1, 0.5, 0.9] };
        using var network = new LstmForecaster(config);
        using (no_grad())
        {
            network.state_dict()["head.weight"].zero_();
            network.state_dict()["head.bias"].copy_(tensor([3f, 1, 2]));
        }

        Assert.Equal(18, new PointForecaster([network], CPU).Forecast(new float[6], [], [config.TargetScalers]).Single(), 1e-5);
    }
}
