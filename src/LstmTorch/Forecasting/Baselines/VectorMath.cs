using System.Numerics;
using System.Runtime.InteropServices;

namespace LstmTorch.Forecasting.Baselines;

/// <summary>Sums of products in float64, as wide as the processor adds.</summary>
internal static class VectorMath
{
    /// <summary>Σ x_i·y_i over the shorter of the two.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        int count = Math.Min(x.Length, y.Length), whole = count - (count % Vector<double>.Count);
        ReadOnlySpan<Vector<double>> left = MemoryMarshal.Cast<double, Vector<double>>(x[..whole]), right = MemoryMarshal.Cast<double, Vector<double>>(y[..whole]);
        Vector<double> sums = Vector<double>.Zero;
        for (int n = 0; n < left.Length; n++)
            sums += left[n] * right[n];

        double sum = Vector.Sum(sums);
        for (int n = whole; n < count; n++)
            sum += x[n] * y[n];
        return sum;
    }
}
