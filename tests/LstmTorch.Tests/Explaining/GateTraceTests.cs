using LstmTorch.Explaining;
using LstmTorch.Recurrent;
using LstmTorch.Runtime.Model;
using LstmTorch.Tests.Recurrent;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Explaining;

public sealed class GateTraceTests
{
    public static TheoryData<PeepholeKind, PeepholeConnections> Kinds() => Variants.Data();

    /// <summary>The gates are those from which the cell made its states, and the states those of the layer.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_EveryVariant_HasTheGatesOfItsStates(PeepholeKind kind, PeepholeConnections connections)
    {
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using var layers = new PeepholeLstm(3, [4], new Peephole(kind, connections), batchFirst: false, dtype: ScalarType.Float64) { Kernel = "reference" };
        Tensor x = randn(5, 2, 3, dtype: ScalarType.Float64);
        using (no_grad())
        {
            foreach (var parameter in layers.parameters())
                parameter.normal_(0, 1);
        }

        var trace = GateTrace.Of(layers.Layers[0], x);
        var (output, _) = layers.call(x, null);
        Tensor before = cat([zeros(1, 2, 4, dtype: ScalarType.Float64), trace.Cell.narrow(0, 0, 4)], 0);
        Close(output, trace.Hidden);
        Close(trace.Cell, (trace.Gates[GateOrder.Forget] * before) + (trace.Gates[GateOrder.Input] * trace.Gates[GateOrder.Candidate]));
        Close(trace.Hidden, trace.Gates[GateOrder.Output] * trace.Cell.tanh());
        Assert.Equal(
            [PeepholeConnections.Input, PeepholeConnections.Forget, PeepholeConnections.Candidate, PeepholeConnections.Output],
            trace.Terms.Select((term, gate) => (PeepholeConnections)(term.Peephole is not null || !new Peephole(kind, connections).Sees(Letter(gate)) ? (int)Letter(gate) : 0)));
        Assert.All(trace.Terms, (term, gate) => Assert.Equal(new Peephole(kind, connections).Sees(Letter(gate)), term.Peephole is not null));
    }

    /// <summary>One unit over two steps, every term by hand.</summary>
    [Fact]
    public void Of_OneUnit_HasTheTermsComputedByHand()
    {
        using var scope = NewDisposeScope();
        using var cell = new PeepholeLstmCell(1, 1, Peephole.Full, ScalarType.Float64);
        using (no_grad())
        {
            cell.weight_ih.copy_(tensor([1.0, 2, 3, 4]).view(4, 1));
            cell.weight_hh.copy_(tensor([5.0, 6, 7, 8]).view(4, 1));
            cell.bias.copy_(tensor([0.1, 0.2, 0.3, 0.4]));
            cell.weight_ci!.fill_(10);
            cell.weight_cf!.fill_(20);
            cell.weight_cc!.fill_(30);
            cell.weight_co!.fill_(40);
        }

        var trace = GateTrace.Of(cell, tensor([0.5, -0.25]).view(2, 1, 1));
        double c1 = Sigmoid(0.6) * Math.Tanh(1.8), h1 = Sigmoid(2.4 + (40 * c1)) * Math.Tanh(c1);
        double c2 = (Sigmoid(-0.5 + (6 * h1) + 0.2 + (20 * c1)) * c1) + (Sigmoid(-0.25 + (5 * h1) + 0.1 + (10 * c1)) * Math.Tanh(-0.75 + (7 * h1) + 0.3 + (30 * c1)));
        for (int gate = 0; gate < 4; gate++)
        {
            Equal([0.5 * (gate + 1), -0.25 * (gate + 1)], trace.Terms[gate].Input);
            Equal([0, (5 + gate) * h1], trace.Terms[gate].Recurrent);
            Equal([0.1 * (gate + 1)], trace.Terms[gate].Bias);

            // The output gate sees the cell after the step, the others the one before it.
            Equal(gate == GateOrder.Output ? [40 * c1, 40 * c2] : [0, 10 * (gate + 1) * c1], trace.Terms[gate].Peephole!);
        }

        Equal([c1, c2], trace.Cell);
        Equal([Sigmoid(0.6), Sigmoid(-0.15 + (5 * h1) + (10 * c1))], trace.Gates[GateOrder.Input]);
    }

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    private static PeepholeConnections Letter(int gate) => (PeepholeConnections)(1 << gate);

    private static void Equal(double[] expected, Tensor actual) =>
        Assert.Equal(expected, PointForecaster.Read(actual), (a, b) => Math.Abs(a - b) < 1e-12);

    private static void Close(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().item<double>(), 0, 1e-12);
}
