using LstmTorch.Explaining;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Explaining;

public sealed class GateStatisticsTests
{
    /// <summary>Two units over two steps of one window, in two batches, all by hand.</summary>
    [Fact]
    public void Result_OfTwoUnits_IsComputedByHand()
    {
        using var scope = NewDisposeScope();
        var statistics = new GateStatistics(2, rowsPerStep: 3);
        statistics.BeginNetwork(2);
        GateTrace first = Trace([0.05, 0.95, 0.5, 0.5], [0.5, 0.75, 0.5, 0.75], [-0.95, 0.05, 0.5, 0.5], [1, 1, 1, 0], [1, -2, 3, -4]);
        statistics.Add(first);
        statistics.Add(Trace([0.05, 0.05, 0.5, 0.5], [0.5, 0.95, 0.5, 0.95], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]));
        statistics.EndNetwork();
        statistics.AddCourse(first);
        LayerActivity layer = statistics.Result();

        Assert.Equal((2, 2), (layer.Layer, layer.Units));
        Assert.Equal(["i", "f", "g", "o"], layer.Gates.Select(gate => gate.Gate));
        Assert.Equal(3.1 / 8, layer.Gates[0].Mean, 1e-12);
        Assert.Equal((3 / 8.0, 1 / 8.0), (layer.Gates[0].LeftSaturated, layer.Gates[0].RightSaturated));

        // Of the candidate the sizes count: 0.95, 0.05, 0.5, 0.5 and four zeros.
        Assert.Equal(2.0 / 8, layer.Gates[2].Mean, 1e-12);
        Assert.Equal((5 / 8.0, 1 / 8.0), (layer.Gates[2].LeftSaturated, layer.Gates[2].RightSaturated));
        Assert.Equal(10.0 / 8, layer.MeanCell, 1e-12);

        // Means of f are 0.5 and 0.85 by unit, 0.675 together; a step of the layer is three rows.
        Assert.Equal(3 / (1 - 0.675), layer.MemorySteps!.Value, 1e-12);
        Assert.Equal(3 / (1 - 0.675), layer.MedianMemorySteps!.Value, 1e-12);
        Assert.Equal(3 / (1 - 0.85), layer.LongestMemorySteps!.Value, 1e-12);

        // Terms of every gate: inputs of size 1, recurrent ones of 2, peepholes of 4 but none for f, biases of 0.5 and 1.5.
        Assert.Equal([1 / 8.0, 2 / 8.0, 4 / 8.0, 1 / 8.0], Shares(layer.Gates[0]));
        Assert.Equal([1 / 4.0, 2 / 4.0, 0, 1 / 4.0], Shares(layer.Gates[1]));
        Assert.Equal([0.5, 0.5], layer.Course.Input);
        Assert.Equal([1.5, 3.5], layer.Course.Cell);
    }

    [Fact]
    public void Result_GateThatNeverForgets_HasAMemoryWithoutEnd()
    {
        using var scope = NewDisposeScope();
        var statistics = new GateStatistics(1, 1);
        statistics.BeginNetwork(2);
        GateTrace trace = Trace([0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]);
        statistics.Add(trace);
        statistics.EndNetwork();
        statistics.AddCourse(trace);
        Assert.Null(statistics.Result().MemorySteps);
    }

    private static double[] Shares(GateActivity gate) => [gate.InputTerm, gate.RecurrentTerm, gate.PeepholeTerm, gate.BiasTerm];

    private static GateTrace Trace(double[] i, double[] f, double[] g, double[] o, double[] c)
    {
        static Tensor Values(double[] values) => tensor(values).view(2, 1, 2);
        Tensor Size(double size) => Values([size, -size, size, -size]);
        return new GateTrace(
            Values(c),
            Values(c),
            [Values(i), Values(f), Values(g), Values(o)],
            [.. Enumerable.Range(0, 4).Select(gate => new GateTerms(Size(1), Size(2), gate == 1 ? null : Size(4), tensor([0.5, -1.5])))]);
    }
}
