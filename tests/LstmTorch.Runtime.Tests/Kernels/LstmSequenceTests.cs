using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed class LstmSequenceTests
{
    // float32 sums of up to a few thousand terms against float64, relative to max(1, |expected|).
    private const double Tolerance = 1e-5;

    public static TheoryData<int> Widths => [.. KernelSet.All.Select(set => set.Width)];

    private static KernelSet Set(int width) => KernelSet.All.Single(set => set.Width == width);

    [Theory, MemberData(nameof(Widths))]
    public void ForwardAndBackward_EveryHiddenSize_AgreesWithScalar(int width)
    {
        int[] steps = [1, 2, 3, 17];
        int[] batches = [1, 3, 8, 33];
        Peephole[] peepholes = AllPeepholes();
        for (int hidden = 1; hidden <= 67; hidden++)
        {
            // Steps and peepholes go round at different paces, so that each size meets others.
            int batch = batches[(hidden / 4) % 4];
            int time = hidden > 40 && batch == 33 ? 3 : steps[hidden % 4];
            for (int n = 0; n < 3; n++)
            {
                Peephole peephole = peepholes[((hidden * 5) + (n * 11)) % peepholes.Length];
                Check(new SequenceShape(batch, time, 1 + (hidden * 7 % 23), hidden, peephole), hidden + n, width);
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void ForwardAndBackward_EveryPeephole_AgreesWithScalar(int width)
    {
        foreach (int hidden in (int[])[5, 16, 19, 50])
        {
            foreach (Peephole peephole in AllPeepholes())
            {
                Check(new SequenceShape(7, 5, 4, hidden, peephole), hidden, width);
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void ForwardAndBackward_ManyChunks_AgreesWithScalar(int width)
    {
        Check(new SequenceShape(33, 17, 9, 37, Peephole.Full), 1, width);
        Check(new SequenceShape(40, 9, 3, 20, Peephole.Diagonal), 2, width);
        Check(new SequenceShape(1, 150, 3, 20, Peephole.Full), 3, width);
        Check(new SequenceShape(2, 3, 150, 140, Peephole.Full), 4, width);
    }

    [Fact]
    public void ForwardAndBackward_SameThreads_GivesTheSameBits()
    {
        SequenceCase given = SequenceCase.Random(new SequenceShape(9, 20, 3, 18, Peephole.Full), 5);
        SequenceResult once = GuardedRun.Run(given, slices: 2);
        SequenceResult again = GuardedRun.Run(given, slices: 2);
        Assert.Equal(once.Y, again.Y);
        Assert.Equal(once.DX, again.DX);
        Assert.Equal(once.DHh, again.DHh);
    }

    [Fact]
    public void Backward_Twice_GivesTheSame()
    {
        SequenceCase given = SequenceCase.Random(new SequenceShape(5, 6, 3, 18, Peephole.Full), 3);
        AssertClose(GuardedRun.Run(given, backwards: 2), given.RunScalar(), "twice");
    }

    [Fact]
    public void ForwardAndBackward_AbsentStatesAndGradients_CountAsZero()
    {
        SequenceCase all = SequenceCase.Random(new SequenceShape(5, 6, 3, 18, Peephole.Full), 4);
        SequenceCase[] cases =
        [
            new() { Shape = all.Shape, Weights = all.Weights, X = all.X, DY = all.DY },
            new() { Shape = all.Shape, Weights = all.Weights, X = all.X, DHn = all.DHn },
            new() { Shape = all.Shape, Weights = all.Weights, X = all.X, C0 = all.C0, DCn = all.DCn },
        ];
        foreach (SequenceCase given in cases)
        {
            AssertClose(GuardedRun.Run(given), given.RunScalar(), "absent");
        }
    }

    private static Peephole[] AllPeepholes() =>
    [
        Peephole.None,
        .. from kind in (PeepholeKind[])[PeepholeKind.Diagonal, PeepholeKind.Full]
           from connections in Enumerable.Range(0, 16)
           select new Peephole(kind, (PeepholeConnections)connections),
    ];

    private static void Check(SequenceShape shape, int seed, int width)
    {
        SequenceCase given = SequenceCase.Random(shape, seed);
        ScalarLstm scalar = given.RunScalar();
        SequenceResult result = GuardedRun.Run(given, Set(width), timeMajor: seed % 2 == 0, guardBehind: seed % 3 != 0, slices: Math.Min(1 + (seed % 5 / 2), shape.Batch));
        AssertClose(result, scalar, $"{shape} width {width}");
    }

    private static void AssertClose(SequenceResult result, ScalarLstm scalar, string where)
    {
        foreach ((string name, float[] actual, double[] expected) in result.Against(scalar))
        {
            Compare.Close($"{name} of {where}", expected, actual, Tolerance);
        }
    }
}
