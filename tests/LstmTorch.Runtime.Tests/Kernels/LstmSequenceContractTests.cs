using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>What the sequence promises beyond its numbers: strides, absent arrays, special values, memory.</summary>
public sealed unsafe class LstmSequenceContractTests
{
    private static readonly SequenceShape Shape = new(6, 7, 3, 21, Peephole.Full);

    [Fact]
    public void Forward_RowsWithGaps_ReadsAndWritesOnlyTheRows()
    {
        SequenceCase given = SequenceCase.Random(Shape, 1);
        ScalarLstm scalar = given.RunScalar();
        const int Gap = 5;
        int xStride = Shape.InputSize + Gap;
        int yStride = Shape.HiddenSize + Gap;
        double[] x = new double[Shape.Batch * Shape.Steps * xStride];
        Array.Fill(x, double.NaN);
        for (int row = 0; row < Shape.Batch * Shape.Steps; row++)
        {
            Array.Copy(given.X, row * Shape.InputSize, x, row * xStride, Shape.InputSize);
        }

        using var weights = new OwnedWeights(given.Weights);
        using var input = new GuardedFloats(x);
        using var y = GuardedFloats.Unwritten(Shape.Batch * Shape.Steps * yStride);
        using var h0 = new GuardedFloats(given.H0);
        using var c0 = new GuardedFloats(given.C0);
        using var sequence = new LstmSequence(Shape, keepsForBackward: false);
        sequence.Forward(
            weights.Pointers, new StridedSequence((nint)input.Data, Shape.Steps * xStride, xStride), h0.Data, c0.Data,
            new StridedSequence((nint)y.Data, Shape.Steps * yStride, yStride), null, null);

        for (int row = 0; row < Shape.Batch * Shape.Steps; row++)
        {
            ReadOnlySpan<float> written = new(y.Data + (row * yStride), Shape.HiddenSize);
            Compare.Close("y", scalar.Y[(row * Shape.HiddenSize)..((row + 1) * Shape.HiddenSize)], written.ToArray(), 1e-5);
            for (int gap = Shape.HiddenSize; gap < yStride; gap++)
            {
                Assert.True(float.IsNaN(y.Data[(row * yStride) + gap]));
            }
        }
    }

    [Fact]
    public void Forward_WithAndWithoutKeeping_GivesTheSameBits()
    {
        SequenceCase given = SequenceCase.Random(Shape, 2);
        Assert.Equal(Forward(given, keeps: true), Forward(given, keeps: false));
    }

    [Fact]
    public void Forward_PackedLayer_GivesTheSameBits()
    {
        foreach (KernelSet kernels in KernelSet.All)
        {
            SequenceCase given = SequenceCase.Random(Shape, 2);
            using var weights = new OwnedWeights(given.Weights);
            using var inputs = new OwnedInputs(given);
            using var y = GuardedFloats.Unwritten(given.DY!.Length);
            using var layer = new PackedLayer(weights.Pointers, Shape.InputSize, Shape.HiddenSize, Shape.Peephole, kernels);
            using var sequence = new LstmSequence(Shape, keepsForBackward: false, kernels);
            sequence.Forward(layer, inputs.X, inputs.H0, inputs.C0, StridedSequence.BatchMajor(y.Data, Shape.Steps, Shape.HiddenSize), null, null);
            Assert.Equal(Forward(given, keeps: false, kernels), y.ToArray());
        }
    }

    [Fact]
    public void Forward_PackedLayerOfOtherSize_Throws()
    {
        SequenceCase given = SequenceCase.Random(Shape with { HiddenSize = 20 }, 2);
        using var weights = new OwnedWeights(given.Weights);
        using var layer = new PackedLayer(weights.Pointers, Shape.InputSize, 20, Shape.Peephole);
        using var sequence = new LstmSequence(Shape, keepsForBackward: false);
        Assert.Throws<ArgumentException>(() => sequence.Forward(layer, default, null, null, default, null, null));
    }

    [Fact]
    public void Backward_OneGradientWanted_WritesItAlone()
    {
        SequenceCase given = SequenceCase.Random(Shape, 3);
        ScalarLstm scalar = given.RunScalar();
        using var weights = new OwnedWeights(given.Weights);
        using var inputs = new OwnedInputs(given);
        using var sequence = new LstmSequence(Shape, keepsForBackward: true);
        sequence.Forward(weights.Pointers, inputs.X, inputs.H0, inputs.C0, default, null, null);

        using var dx = GuardedFloats.Unwritten(given.X.Length);
        sequence.Backward(
            weights.Pointers, inputs.DY, inputs.DHn, inputs.DCn,
            StridedSequence.BatchMajor(dx.Data, Shape.Steps, Shape.InputSize), null, null, default);
        Compare.Close("dx", scalar.DX, dx.ToArray(), 1e-5);

        using var dco = GuardedFloats.Unwritten(Shape.HiddenSize * Shape.HiddenSize);
        sequence.Backward(weights.Pointers, inputs.DY, inputs.DHn, inputs.DCn, default, null, null, new LayerWeights { Co = dco.Data });
        Compare.Close("dW_co", scalar.DWeights.Peepholes[3], dco.ToArray(), 1e-5);
    }

    [Fact]
    public void Backward_SeveralOutstanding_KeepsThemApart()
    {
        SequenceCase[] cases = [.. Enumerable.Range(4, 3).Select(seed => SequenceCase.Random(Shape, seed))];
        using var weights = new OwnedWeights(cases[0].Weights);
        var inputs = cases.Select(given => new OwnedInputs(given)).ToList();
        var sequences = cases.Select(_ => new LstmSequence(Shape, keepsForBackward: true)).ToList();
        for (int n = 0; n < cases.Length; n++)
        {
            sequences[n].Forward(weights.Pointers, inputs[n].X, inputs[n].H0, inputs[n].C0, default, null, null);
        }

        foreach (int n in (int[])[1, 0, 2])
        {
            var same = new SequenceCase
            {
                Shape = Shape,
                Weights = cases[0].Weights,
                X = cases[n].X,
                H0 = cases[n].H0,
                C0 = cases[n].C0,
                DY = cases[n].DY,
                DHn = cases[n].DHn,
                DCn = cases[n].DCn,
            };
            using var dhh = GuardedFloats.Unwritten(same.Weights.Hh.Length);
            sequences[n].Backward(
                weights.Pointers, inputs[n].DY, inputs[n].DHn, inputs[n].DCn, default, null, null, new LayerWeights { Hh = dhh.Data });
            Compare.Close("dW_hh", same.RunScalar().DWeights.Hh, dhh.ToArray(), 1e-5);
            sequences[n].Dispose();
        }

        inputs.ForEach(input => input.Dispose());
    }

    [Fact]
    public void Backward_WithoutForward_Throws()
    {
        using var sequence = new LstmSequence(Shape, keepsForBackward: true);
        Assert.Throws<InvalidOperationException>(
            () => sequence.Backward(default, default, null, null, default, null, null, default));
    }

    [Fact]
    public void Constructor_SizeOfZero_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LstmSequence(Shape with { Batch = 0 }, keepsForBackward: false));

    [Fact]
    public void Forward_NanInOneSequence_StaysInThatSequence()
    {
        SequenceCase given = SequenceCase.Random(Shape, 7);
        float[] clean = Forward(given, keeps: false);
        given.X[2 * Shape.Steps * Shape.InputSize] = double.NaN;
        float[] y = Forward(given, keeps: false);
        int sequence = Shape.Steps * Shape.HiddenSize;
        Assert.Equal(clean[..(2 * sequence)], y[..(2 * sequence)]);
        Assert.All(y[(2 * sequence)..(3 * sequence)], value => Assert.True(float.IsNaN(value)));
        Assert.Equal(clean[(3 * sequence)..], y[(3 * sequence)..]);
    }

    [Theory]
    [InlineData(PeepholeKind.None, "")]
    [InlineData(PeepholeKind.Diagonal, "")]
    [InlineData(PeepholeKind.Diagonal, "o")]
    [InlineData(PeepholeKind.Diagonal, "ifco")]
    public void Forward_InfiniteCell_TouchesOnlyItsUnit(PeepholeKind kind, string connections)
    {
        foreach (KernelSet kernels in KernelSet.All)
        {
            SequenceShape shape = Shape with { Steps = 1, Peephole = new Peephole(kind, Peephole.ParseConnections(connections)) };
            SequenceCase given = SequenceCase.Random(shape, 8);
            given.C0![4] = double.PositiveInfinity;
            given.C0[20] = double.NegativeInfinity;
            ScalarLstm scalar = given.RunScalar();
            float[] y = Forward(given, keeps: true, kernels);
            for (int n = 0; n < y.Length; n++)
            {
                Assert.Equal(double.IsNaN(scalar.Y[n]), float.IsNaN(y[n]));
                Assert.True(float.IsNaN(y[n]) || Math.Abs(y[n] - scalar.Y[n]) < 1e-5, $"y[{n}] is {y[n]}, expected {scalar.Y[n]}");
            }
        }
    }

    [Fact]
    public void Forward_HugeInputs_Saturates()
    {
        foreach (KernelSet kernels in KernelSet.All)
        {
            SequenceCase given = SequenceCase.Random(Shape, 9);
            for (int n = 0; n < given.X.Length; n++)
            {
                given.X[n] *= 1e30;
            }

            Compare.Close("y", given.RunScalar().Y, Forward(given, keeps: true, kernels), 1e-5);
        }
    }

    [Fact]
    public void ForwardAndBackward_MoreSteps_AllocateNoMore()
    {
        long Allocated(int steps)
        {
            SequenceShape shape = Shape with { Steps = steps };
            SequenceCase given = SequenceCase.Random(shape, 10);
            using var weights = new OwnedWeights(given.Weights);
            using var inputs = new OwnedInputs(given);
            using var dhh = GuardedFloats.Unwritten(given.Weights.Hh.Length);
            long least = long.MaxValue;
            for (int repetition = 0; repetition < 5; repetition++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                using var sequence = new LstmSequence(shape, keepsForBackward: true, slices: 1);
                sequence.Forward(weights.Pointers, inputs.X, inputs.H0, inputs.C0, default, null, null);
                sequence.Backward(weights.Pointers, inputs.DY, null, null, default, null, null, new LayerWeights { Hh = dhh.Data });
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }

        Assert.Equal(Allocated(2), Allocated(200));
    }

    private static float[] Forward(SequenceCase given, bool keeps, KernelSet? kernels = null)
    {
        using var weights = new OwnedWeights(given.Weights);
        using var inputs = new OwnedInputs(given);
        using var y = GuardedFloats.Unwritten(given.Shape.Batch * given.Shape.Steps * given.Shape.HiddenSize);
        using var sequence = new LstmSequence(given.Shape, keeps, kernels);
        sequence.Forward(
            weights.Pointers, inputs.X, inputs.H0, inputs.C0,
            StridedSequence.BatchMajor(y.Data, given.Shape.Steps, given.Shape.HiddenSize), null, null);
        return y.ToArray();
    }
}
