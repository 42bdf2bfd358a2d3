using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed unsafe class SharedForwardTests
{
    public static TheoryData<int, int> WidthsAndWorkers =>
        new(from set in KernelSet.All from workers in (int[])[2, 3, 8] select (set.Width, workers));

    [Theory, MemberData(nameof(WidthsAndWorkers))]
    public void Run_SeveralWorkers_ChangesNoBit(int width, int workers)
    {
        KernelSet kernels = KernelSet.All.Single(set => set.Width == width);
        Peephole[] peepholes =
        [
            Peephole.None, Peephole.Diagonal, Peephole.Full, new(PeepholeKind.Full, PeepholeConnections.Output),
            new(PeepholeKind.Full, PeepholeConnections.Forget | PeepholeConnections.Candidate), new(PeepholeKind.Diagonal, PeepholeConnections.Output),
        ];
        foreach (Peephole peephole in peepholes)
        {
            foreach (int hidden in (int[])[64, 96, 128])
            {
                foreach (int steps in (int[])[1, 2, 17])
                {
                    SequenceCase given = SequenceCase.Random(new SequenceShape(1, steps, 5, hidden, peephole), hidden + steps);
                    SequenceResult alone = GuardedRun.Run(given, kernels, sharing: 1), shared = GuardedRun.Run(given, kernels, sharing: workers);

                    Assert.Equal(alone.Y, shared.Y);
                    Assert.Equal(alone.Hn, shared.Hn);
                    Assert.Equal(alone.Cn, shared.Cn);
                    Assert.Equal(alone.DHh, shared.DHh);
                    Assert.Equal(alone.DX, shared.DX);
                }
            }
        }
    }

    [Fact]
    public void Run_WithoutKeeping_GivesTheSameBits()
    {
        SequenceCase given = SequenceCase.Random(new SequenceShape(1, 9, 3, 64, Peephole.Full), 3);
        Assert.Equal(Forward(given, sharing: 1), Forward(given, sharing: 2));
    }

    [Theory]
    [InlineData(1, 64, PeepholeKind.Full, 2, 2)]
    [InlineData(2, 64, PeepholeKind.Full, 2, 1)] // a batch is cut instead
    [InlineData(1, 65, PeepholeKind.Full, 2, 1)] // no whole blocks
    [InlineData(1, 16, PeepholeKind.Full, 2, 1)] // a step is too short
    [InlineData(1, 64, PeepholeKind.Full, 1, 1)] // no other thread
    [InlineData(1, 64, PeepholeKind.None, 64, 4)] // no more workers than blocks
    public void Workers_AreAskedForWhereTheyPay(int batch, int hidden, PeepholeKind kind, int threads, int expected)
    {
        var layout = new SequenceLayout(new SequenceShape(batch, 5, 4, hidden, new Peephole(kind, PeepholeConnections.All)), width: 16);
        Assert.Equal(expected, SharedForward<Lanes512, System.Runtime.Intrinsics.Vector512<float>>.Workers(layout, threads));
    }

    private static float[] Forward(SequenceCase given, int sharing)
    {
        SequenceShape shape = given.Shape;
        using var weights = new OwnedWeights(given.Weights);
        using var inputs = new OwnedInputs(given);
        using var y = GuardedFloats.Unwritten(shape.Steps * shape.HiddenSize);
        using var sequence = new LstmSequence(shape, keepsForBackward: false, sharing: sharing);
        sequence.Forward(weights.Pointers, inputs.X, inputs.H0, inputs.C0, StridedSequence.BatchMajor(y.Data, shape.Steps, shape.HiddenSize), null, null);
        return y.ToArray();
    }
}
