using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Explaining;

/// <summary>
/// A model whose forecast of y is 2·y_0 + 3·y_{-1} − y_{-2} + 7 on its scale, through the highway: its layers say nothing. It reads x and y,
/// three rows, and predicts one step.
/// </summary>
internal static class LinearModel
{
    /// <summary>The weights by steps back.</summary>
    public static readonly double[] Weights = [2, 3, -1];

    public static readonly ForecasterConfig Config = new()
    {
        Inputs = ["x", "y"],
        Targets = ["y"],
        ContextLength = 3,
        HiddenSizes = [2],
        Highway = true,
        InputScalers = [new(1, 2), new(10, 4)],
        TargetScalers = [new(10, 4)],
    };

    public static LstmForecaster Network()
    {
        var network = new LstmForecaster(Config);
        using var noGradient = no_grad();
        Dictionary<string, Tensor> state = network.state_dict();
        state["head.weight"].zero_();
        state["head.bias"].fill_(7);
        state["highway.weight"].copy_(tensor([-1f, 3, 2]).view(1, 3));
        return network;
    }

    /// <summary>One series of these columns.</summary>
    public static TimeSeriesSet Set(double[] x, double[] y) => new()
    {
        Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(y.Length), ["x", "y"], [x, y])],
        Inputs = ["x", "y"],
        Targets = ["y"],
        SourceName = "linear.csv",
        Sha256 = string.Empty,
    };
}
