using LstmTorch.Recurrent;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent;

public sealed class PeepholeLstmCellTests
{
    [Fact]
    public void Forward_OneUnitByHand_EqualsTheSixEquations()
    {
        using var scope = NewDisposeScope();
        using var cell = new PeepholeLstmCell(1, 1, new Peephole(PeepholeKind.Full, PeepholeConnections.All), ScalarType.Float64);
        void Set(Parameter parameter, params double[] values) => parameter.copy_(tensor(values).reshape(parameter.shape));
        using (no_grad())
        {
            Set(cell.weight_ih, 0.1, 0.2, 0.3, 0.4);
            Set(cell.weight_hh, -0.5, 0.6, -0.7, 0.8);
            Set(cell.bias, 0.01, 0.02, 0.03, 0.04);
            Set(cell.weight_ci!, 1.1);
            Set(cell.weight_cf!, -1.2);
            Set(cell.weight_cc!, 1.3);
            Set(cell.weight_co!, -1.4);
        }

        const double x = 0.9, h0 = -0.3, c0 = 0.7;
        static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));
        double i = Sigmoid((0.1 * x) + (-0.5 * h0) + (1.1 * c0) + 0.01);
        double f = Sigmoid((0.2 * x) + (0.6 * h0) + (-1.2 * c0) + 0.02);
        double g = Math.Tanh((0.3 * x) + (-0.7 * h0) + (1.3 * c0) + 0.03);
        double c1 = (f * c0) + (i * g);
        double o = Sigmoid((0.4 * x) + (0.8 * h0) + (-1.4 * c1) + 0.04);
        double h1 = o * Math.Tanh(c1);

        LstmState state = cell.call(
            tensor(new[,] { { x } }), new LstmState(tensor(new[,] { { h0 } }), tensor(new[,] { { c0 } })));

        Assert.Equal(c1, state.Cell.item<double>(), 1e-15);
        Assert.Equal(h1, state.Hidden.item<double>(), 1e-15);
    }

    [Theory]
    [MemberData(nameof(Variants.Data), MemberType = typeof(Variants))]
    public void StateDict_OfEveryVariant_HoldsTheConnectedPeepholesOnly(PeepholeKind kind, PeepholeConnections connections)
    {
        using var cell = new PeepholeLstmCell(2, 3, new Peephole(kind, connections));
        string[] expected =
        [
            "weight_ih", "weight_hh", "bias",
            .. Peephole.Format(connections).Select(letter => $"weight_c{letter}"),
        ];
        Assert.Equal(expected, cell.state_dict().Keys);
        long[] shape = kind == PeepholeKind.Full ? [3, 3] : [3];
        Assert.All(cell.state_dict().Where(entry => entry.Key.StartsWith("weight_c", StringComparison.Ordinal)),
            entry => Assert.Equal(shape, entry.Value.shape));
    }

    [Fact]
    public void Initialization_OfANewCell_IsAsDocumented()
    {
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using var cell = new PeepholeLstmCell(3, 8, Peephole.Full);
        using var diagonal = new PeepholeLstmCell(3, 8, Peephole.Diagonal);
        Assert.Equal([.. Enumerable.Repeat(0f, 8), .. Enumerable.Repeat(1f, 8), .. Enumerable.Repeat(0f, 16)], cell.bias.data<float>().ToArray());
        Assert.Equal(0, (cell.weight_co! + (0.25 * eye(8))).abs().max().item<float>());
        Assert.Equal(Enumerable.Repeat(-0.25f, 8), diagonal.weight_cf!.data<float>().ToArray());

        // Orthonormal columns: Uᵀ U = 1, to float32 precision of sums of 32 terms.
        Assert.True((cell.weight_hh.t().matmul(cell.weight_hh) - eye(8)).abs().max().item<float>() < 1e-5);
        double bound = Math.Sqrt(6.0 / (3 + 32));
        Assert.InRange(cell.weight_ih.abs().max().item<float>(), 0.9 * bound, bound);
    }

    [Fact]
    public void Forward_CalledOften_LeavesOnlyItsResult()
    {
        using var outer = NewDisposeScope();
        using var cell = new PeepholeLstmCell(2, 3, Peephole.Full);
        LstmState state = LstmState.Zeros(1, 3, ScalarType.Float32, CPU);
        Tensor x = zeros(1, 2);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int n = 0; n < 10; n++)
        {
            LstmState next = cell.call(x, state);
            next.Hidden.Dispose();
            next.Cell.Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
