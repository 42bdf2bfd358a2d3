using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels.Cuda;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

/// <summary>The kernels' own text on the emulated device, against what the CPU computes.</summary>
public sealed class TrainingKernelsTests : IDisposable
{
    private readonly TemporaryFolder _cubins = new();

    public void Dispose() => _cubins.Dispose();

    [Theory]
    [InlineData(1, 0.2, 7)]
    [InlineData(300_000, 0.5, 0x1234_5678_9ABC)]
    [InlineData(1000, 0.0, -1)]
    public void Dropout_AnyKey_IsThatOfTheCpuToTheBit(int count, double probability, long key)
    {
        // 300,000: more elements than threads, so that a thread comes to several.
        TrainingKernels kernels = Kernels();
        float[] input = [.. Enumerable.Range(0, count).Select(n => MathF.Sin(n))], expected = new float[count];
        CounterDropout.Multiply(input, expected, probability, key);
        using Tensor from = tensor(input), to = full(count, float.NaN);
        kernels.Dropout(from, to, probability, key);
        Assert.Equal(expected, to.data<float>().ToArray());
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(1e9, false)]
    [InlineData(0.5, false)]
    [InlineData(0.5, true)]
    public void Adam_SeveralSteps_IsThatOfTheCpu(double? clipNorm, bool hasShares)
    {
        const int count = 1000, steps = 5;
        TrainingKernels kernels = Kernels();
        float[] weights = [.. Enumerable.Range(0, count).Select(n => MathF.Cos(n))], mean = new float[count], variance = new float[count];
        float[] shares = hasShares ? [.. Enumerable.Range(0, count).Select(n => n % 3 / 2f)] : [];
        using Tensor w = tensor(weights), m = zeros(count), v = zeros(count);
        using Tensor? s = hasShares ? tensor(shares) : null;
        for (int t = 1; t <= steps; t++)
        {
            float[] gradients = [.. Enumerable.Range(0, count).Select(n => MathF.Sin((t * count) + n))];
            float norm = MathF.Sqrt(gradients.Sum(g => g * g));
            var factors = new AdamFactors(0.9f, 0.999f, (float)(1 / Math.Sqrt(1 - Math.Pow(0.999, t))), 1e-8f, (float)(1e-3 / (1 - Math.Pow(0.9, t))), 0.999f);
            using Tensor g = tensor(gradients), measured = tensor(new[] { 1f, norm });
            kernels.Adam(w, g, m, v, s, measured, clipNorm, factors);

            float shrink = norm > clipNorm ? (float)clipNorm.Value / norm : 1;
            FusedAdam.Step(weights, [.. gradients.Select(gradient => shrink * gradient)], mean, variance, shares, factors);
        }

        // The same operations in the same order, each rounded once; a multiplication and an addition may be fused here or there.
        AssertClose(weights, w, 1e-6f);
        AssertClose(mean, m, 1e-6f);
        AssertClose(variance, v, 1e-6f);
    }

    [Theory]
    [InlineData(float.NaN, 1)]
    [InlineData(float.PositiveInfinity, 1)]
    [InlineData(1, float.NaN)]
    [InlineData(1, float.NegativeInfinity)]
    public void Adam_OfWhatIsNotFinite_ChangesNothing(float loss, float norm)
    {
        TrainingKernels kernels = Kernels();
        using Tensor w = arange(10f), g = full(10, float.NaN), m = ones(10), v = ones(10), measured = tensor(new[] { loss, norm });
        kernels.Adam(w, g, m, v, null, measured, 1, new AdamFactors(0.9f, 0.999f, 1, 1e-8f, 1e-3f, 0.5f));
        Assert.Equal(Enumerable.Range(0, 10).Select(n => (float)n), w.data<float>());
        Assert.All([.. m.data<float>(), .. v.data<float>()], value => Assert.Equal(1, value));
    }

    [Theory]
    [InlineData("training.cu", "adam")]
    [InlineData("training.cu", "dropout")]
    [InlineData("hold.cu", "hold")]
    public void Source_ByTheRealCompiler_Compiles(string file, string kernel)
    {
        string? library = Environment.GetEnvironmentVariable(NvrtcLibraries.EnvironmentVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(library), $"{NvrtcLibraries.EnvironmentVariable} names no compiler.");
        byte[] cubin = Nvrtc.Load(library!).Compile(CudaSources.Text([file]), ["--gpu-architecture=sm_90", "--std=c++17"]);
        Assert.NotEqual(-1, cubin.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(kernel)));
    }

    [Fact]
    public void For_ATensorOnTheCpu_IsNull()
    {
        using Tensor onCpu = zeros(3);
        Assert.Null(TrainingKernels.For(onCpu));
    }

    private TrainingKernels Kernels()
    {
        Assert.SkipWhen(EmulatedDevice.Missing is not null, EmulatedDevice.Missing ?? string.Empty);
        return new TrainingKernels(new CudaDevice(
            CudaDriver.Load(EmulatedDevice.Library), Nvrtc.Load(EmulatedDevice.Library), new CubinCache(_cubins.Path), 0, CPU, EmulatedDevice.Library));
    }

    private static void AssertClose(float[] expected, Tensor actual, float tolerance)
    {
        foreach (var (one, other) in expected.Zip(actual.data<float>()))
            Assert.True(Math.Abs(one - other) <= tolerance * Math.Max(Math.Abs(one), 1e-3f), $"{one} {other}");
    }
}
