using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed unsafe class PackedLayerTests
{
    // float32 sums of at most 60 terms of size 1, through at most 7 steps.
    private const double Tolerance = 5e-6;

    public static TheoryData<int> Widths => [.. KernelSet.All.Select(set => set.Width)];

    /// <summary>A few sequences take the inputs' products before the steps, more of them within; in scratch of just the stated size.</summary>
    [Theory, MemberData(nameof(Widths))]
    public void Forward_IsTheScalarLstm_ForFewSequencesAndMany(int width)
    {
        KernelSet kernels = KernelSet.All.Single(set => set.Width == width);
        Peephole[] peepholes = [Peephole.None, Peephole.Diagonal, Peephole.Full, new(PeepholeKind.Full, PeepholeConnections.Forget | PeepholeConnections.Output)];
        foreach (Peephole peephole in peepholes)
        {
            foreach (int batch in (int[])[1, 2, 3, 4, 9])
            {
                foreach (int steps in (int[])[1, 2, 7])
                {
                    foreach (int hidden in (int[])[1, 16, 18, 50])
                    {
                        SequenceCase given = SequenceCase.Random(new SequenceShape(batch, steps, 5, hidden, peephole), (7 * hidden) + steps);
                        Check(given, kernels, timeMajor: true);
                        Check(given, kernels, timeMajor: false);
                    }
                }
            }
        }
    }

    private static void Check(SequenceCase given, KernelSet kernels, bool timeMajor)
    {
        SequenceShape shape = given.Shape;
        int batch = shape.Batch, steps = shape.Steps, size = shape.InputSize, hidden = shape.HiddenSize;
        ScalarLstm expected = given.RunScalar();
        using var weights = new OwnedWeights(given.Weights);
        using var layer = new PackedLayer(weights.Pointers, size, hidden, shape.Peephole, kernels);
        using var inputs = new OwnedInputs(given);
        using var scratch = GuardedFloats.Unwritten((int)layer.ScratchFloats(batch, steps));
        using var x = new GuardedFloats([.. from t in Enumerable.Range(0, steps) from b in Enumerable.Range(0, batch) from d in Enumerable.Range(0, size) select given.X[(((b * steps) + t) * size) + d]]);
        using var y = GuardedFloats.Unwritten(batch * steps * hidden);
        using var hn = GuardedFloats.Unwritten(batch * hidden);
        using var cn = GuardedFloats.Unwritten(batch * hidden);

        layer.Forward(
            batch, steps, scratch.Data, timeMajor ? StridedSequence.TimeMajor(x.Data, batch, size) : inputs.X,
            inputs.H0, inputs.C0, StridedSequence.BatchMajor(y.Data, steps, hidden), hn.Data, cn.Data);

        string where = $"{shape}, {(timeMajor ? "time" : "batch")} first";
        Compare.Close($"y of {where}", expected.Y, y.ToArray(), Tolerance);
        Compare.Close($"h_n of {where}", expected.Hn, hn.ToArray(), Tolerance);
        Compare.Close($"c_n of {where}", expected.Cn, cn.ToArray(), Tolerance);
    }
}
