using System.Runtime.Intrinsics;
using LstmTorch.Runtime.Kernels;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed unsafe class ActivationsTests
{
    private delegate void Function(float* source, float* target);

    // Measured maxima: 2.2 (sigmoid) and 2.5 (tanh); the rounding of the result alone is half a unit.
    private const double MostUlps = 3;

    public static TheoryData<int> Widths => [.. KernelSet.All.Select(set => set.Width)];

    [Theory, MemberData(nameof(Widths))]
    public void Sigmoid_WholeRange_IsWithinUlps(int width) =>
        Sweep(Sigmoid(width), width, a => 1 / (1 + Math.Exp(-a)));

    [Theory, MemberData(nameof(Widths))]
    public void Tanh_WholeRange_IsWithinUlps(int width) => Sweep(Tanh(width), width, Math.Tanh);

    [Theory, MemberData(nameof(Widths))]
    public void SpecialValues_GiveLimits(int width)
    {
        float[] sigmoid = Apply(Sigmoid(width), width, float.NaN, float.NegativeInfinity, float.PositiveInfinity, -1e30f);
        Assert.Equal([float.NaN, 0f, 1f, 0f], sigmoid);
        Assert.Equal([0.5f, 0.5f, 1f, 1f], Apply(Sigmoid(width), width, 0f, -0f, 1e30f, 40f));
        Assert.Equal([float.NaN, -1f, 1f, -1f], Apply(Tanh(width), width, float.NaN, float.NegativeInfinity, float.PositiveInfinity, -1e30f));
        Assert.Equal([0f, 1e-38f, -1e-20f, 1f], Apply(Tanh(width), width, 0f, 1e-38f, -1e-20f, 20f));
    }

    private static void Sweep(Function function, int width, Func<double, double> exact)
    {
        double worst = 0;
        float at = 0;
        float[] batch = new float[4];
        for (double magnitude = 1e-6; magnitude < 87; magnitude *= 1.0005)
        {
            batch[0] = (float)magnitude;
            batch[1] = (float)-magnitude;
            batch[2] = (float)(magnitude * 1.0002);
            batch[3] = (float)(-magnitude * 1.0002);
            float[] actual = Apply(function, width, batch);
            for (int n = 0; n < 4; n++)
            {
                double expected = exact(batch[n]);
                double ulp = MathF.BitIncrement(MathF.Abs((float)expected)) - MathF.Abs((float)expected);
                double error = Math.Abs(actual[n] - expected) / ulp;
                (worst, at) = error > worst ? (error, batch[n]) : (worst, at);
            }
        }

        Assert.True(worst <= MostUlps, $"{worst:F2} units in the last place at {at:R}");
    }

    private static float[] Apply(Function function, int width, params float[] values)
    {
        float* source = stackalloc float[width];
        float* target = stackalloc float[width];
        new Span<float>(source, width).Clear();
        values.CopyTo(new Span<float>(source, width));
        function(source, target);
        return new ReadOnlySpan<float>(target, values.Length).ToArray();
    }

    private static Function Sigmoid(int width) => width switch
    {
        16 => (source, target) => Lanes512.Store(target, Activations<Lanes512, Vector512<float>>.Sigmoid(Lanes512.Load(source))),
        8 => (source, target) => Lanes256.Store(target, Activations<Lanes256, Vector256<float>>.Sigmoid(Lanes256.Load(source))),
        _ => (source, target) => Lanes128.Store(target, Activations<Lanes128, Vector128<float>>.Sigmoid(Lanes128.Load(source))),
    };

    private static Function Tanh(int width) => width switch
    {
        16 => (source, target) => Lanes512.Store(target, Activations<Lanes512, Vector512<float>>.Tanh(Lanes512.Load(source))),
        8 => (source, target) => Lanes256.Store(target, Activations<Lanes256, Vector256<float>>.Tanh(Lanes256.Load(source))),
        _ => (source, target) => Lanes128.Store(target, Activations<Lanes128, Vector128<float>>.Tanh(Lanes128.Load(source))),
    };
}
