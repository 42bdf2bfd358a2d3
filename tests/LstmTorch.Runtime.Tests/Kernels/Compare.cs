using Xunit;
namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>Comparison of arrays, relative to max(1, |expected|).</summary>
internal static class Compare
{
    public static void Close(string name, double[] expected, float[] actual, double tolerance) =>
        Close(name, expected, [.. actual.Select(value => (double)value)], tolerance);

    public static void Close(string name, double[] expected, double[] actual, double tolerance)
    {
        Assert.True(expected.Length == actual.Length, $"{name}: {actual.Length} values, expected {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
            Assert.True(error <= tolerance, $"{name}[{i}] is {actual[i]:R}, expected {expected[i]:R}, error {error:E1}");
        }
    }
}
