using LstmTorch.Runtime.Kernels;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>The outputs and gradients of a run of the kernels, batch-major.</summary>
internal sealed record SequenceResult(
    float[] Y, float[] Hn, float[] Cn, float[] DX, float[] DH0, float[] DC0, float[] DIh, float[] DHh, float[] DBias, float[][] DPeepholes)
{
    /// <summary>Every array with its name and the float64 values that it should have.</summary>
    public IEnumerable<(string Name, float[] Actual, double[] Expected)> Against(ScalarLstm scalar) =>
    [
        ("y", Y, scalar.Y), ("h_n", Hn, scalar.Hn), ("c_n", Cn, scalar.Cn),
        ("dx", DX, scalar.DX), ("dh_0", DH0, scalar.DH0), ("dc_0", DC0, scalar.DC0),
        ("dW_ih", DIh, scalar.DWeights.Ih), ("dW_hh", DHh, scalar.DWeights.Hh), ("db", DBias, scalar.DWeights.Bias),
        .. DPeepholes.Select((p, gate) => ($"dW_c{"ifco"[gate]}", p, scalar.DWeights.Peepholes[gate])),
    ];
}

/// <summary>Runs the kernels on guarded memory: every array ends or begins at a forbidden page.</summary>
internal static unsafe class GuardedRun
{
    // Memory that a kernel reads before it wrote it shows as NaN in the results.
    static GuardedRun() => Workspace.Poison = 0xFF;

    public static SequenceResult Run(
        SequenceCase given, KernelSet? kernels = null, bool timeMajor = false, bool guardBehind = true, int? slices = null, int backwards = 1, int? sharing = null)
    {
        SequenceShape shape = given.Shape;
        int states = shape.Batch * shape.HiddenSize;
        int outputs = states * shape.Steps;
        var all = new List<GuardedFloats>();
        GuardedFloats In(double[] values)
        {
            all.Add(new GuardedFloats(values, guardBehind));
            return all[^1];
        }

        GuardedFloats Out(int length)
        {
            all.Add(GuardedFloats.Unwritten(length, guardBehind));
            return all[^1];
        }

        float* Optional(double[]? values) => values is null ? null : In(values).Data;

        try
        {
            LayerWeights weights = Pointers(In(given.Weights.Ih), In(given.Weights.Hh), In(given.Weights.Bias),
                [.. given.Weights.Peepholes.Select(p => p.Length == 0 ? null : In(p))]);
            GuardedFloats x = In(Ordered(given.X, shape, shape.InputSize, timeMajor));
            GuardedFloats y = Out(outputs);
            GuardedFloats hn = Out(states), cn = Out(states), dx = Out(x.Length), dh0 = Out(states), dc0 = Out(states);
            GuardedFloats dih = Out(given.Weights.Ih.Length), dhh = Out(given.Weights.Hh.Length), dbias = Out(given.Weights.Bias.Length);
            GuardedFloats?[] dp = [.. given.Weights.Peepholes.Select(p => p.Length == 0 ? null : Out(p.Length))];
            LayerWeights gradients = Pointers(dih, dhh, dbias, dp);

            StridedSequence Strided(GuardedFloats data, int size) => timeMajor
                ? StridedSequence.TimeMajor(data.Data, shape.Batch, size)
                : StridedSequence.BatchMajor(data.Data, shape.Steps, size);

            using var sequence = new LstmSequence(shape, keepsForBackward: true, kernels, slices, sharing: sharing);
            sequence.Forward(weights, Strided(x, shape.InputSize), Optional(given.H0), Optional(given.C0), Strided(y, shape.HiddenSize), hn.Data, cn.Data);
            StridedSequence dy = given.DY is null ? default : Strided(In(Ordered(given.DY, shape, shape.HiddenSize, timeMajor)), shape.HiddenSize);

            // What the backward pass needs of these it has copied.
            new Span<float>(x.Data, x.Length).Fill(float.NaN);
            float[] outputsBefore = y.ToArray();
            new Span<float>(y.Data, y.Length).Fill(float.NaN);
            for (int n = 0; n < backwards; n++)
            {
                sequence.Backward(weights, dy, Optional(given.DHn), Optional(given.DCn), Strided(dx, shape.InputSize), dh0.Data, dc0.Data, gradients);
            }

            return new SequenceResult(
                BatchMajor(outputsBefore, shape, shape.HiddenSize, timeMajor), hn.ToArray(), cn.ToArray(),
                BatchMajor(dx.ToArray(), shape, shape.InputSize, timeMajor), dh0.ToArray(), dc0.ToArray(),
                dih.ToArray(), dhh.ToArray(), dbias.ToArray(), [.. dp.Select(p => p?.ToArray() ?? [])]);
        }
        finally
        {
            all.ForEach(floats => floats.Dispose());
        }
    }

    private static LayerWeights Pointers(GuardedFloats ih, GuardedFloats hh, GuardedFloats bias, GuardedFloats?[] peepholes)
    {
        float* Of(int gate) => peepholes[gate] is { } p ? p.Data : null;
        return new() { Ih = ih.Data, Hh = hh.Data, Bias = bias.Data, Ci = Of(0), Cf = Of(1), Cc = Of(2), Co = Of(3) };
    }

    private static double[] Ordered(double[] values, SequenceShape shape, int size, bool timeMajor) =>
        timeMajor ? Swapped(values, shape.Batch, shape.Steps, size) : values;

    private static float[] BatchMajor(float[] values, SequenceShape shape, int size, bool timeMajor) =>
        timeMajor ? Swapped(values, shape.Steps, shape.Batch, size) : values;

    private static T[] Swapped<T>(T[] values, int first, int second, int size)
    {
        var swapped = new T[values.Length];
        for (int a = 0; a < first; a++)
        {
            for (int b = 0; b < second; b++)
            {
                Array.Copy(values, ((a * second) + b) * size, swapped, ((b * first) + a) * size, size);
            }
        }

        return swapped;
    }
}
