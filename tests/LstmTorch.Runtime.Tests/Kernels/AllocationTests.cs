using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed unsafe class AllocationTests
{
    [Fact]
    public void ForwardAndBackward_LongerSequence_AllocatesNoMore()
    {
        Allocated(steps: 400);
        Assert.Equal(Allocated(steps: 4), Allocated(steps: 400));
    }

    /// <summary>Managed bytes of a second run, for which the pool has memory.</summary>
    private static long Allocated(int steps)
    {
        SequenceCase given = SequenceCase.Random(new SequenceShape(2, steps, 3, 20, Peephole.Full), 1);
        using var weights = new OwnedWeights(given.Weights);
        using var gradients = new OwnedWeights(given.Weights);
        using var inputs = new OwnedInputs(given);
        using var y = GuardedFloats.Unwritten(given.X.Length / 3 * 20);
        using var dx = GuardedFloats.Unwritten(given.X.Length);
        using var sequence = new LstmSequence(given.Shape, keepsForBackward: true, slices: 1);
        long before = 0;
        for (int run = 0; run < 2; run++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            sequence.Forward(weights.Pointers, inputs.X, inputs.H0, inputs.C0, StridedSequence.BatchMajor(y.Data, steps, 20), null, null);
            sequence.Backward(
                weights.Pointers, inputs.DY, inputs.DHn, inputs.DCn, StridedSequence.BatchMajor(dx.Data, steps, 3), null, null, gradients.Pointers);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
