using System.Text.Json.Serialization;

namespace LstmTorch.Runtime.Model;

/// <summary>How columns are brought to a common scale.</summary>
public enum ScalerKind
{
    /// <summary>No scaling.</summary>
    None,

    /// <summary>The training rows' smallest value becomes 0, their largest 1.</summary>
    MinMax,

    /// <summary>The training rows get mean 0 and standard deviation 1 (divisor n).</summary>
    Standard,
}

/// <summary>The affine scale of one column: scaled = (value − <paramref name="Offset"/>) / <paramref name="Scale"/>.</summary>
/// <param name="Offset">Subtracted first, in the column's units.</param>
/// <param name="Scale">Divided by afterwards, in the column's units; finite and not 0.</param>
[method: JsonConstructor] // Otherwise a struct is read by setting properties, and a missing one is 0.
public readonly record struct ColumnScaler(double Offset, double Scale)
{
    /// <summary>The scale that changes nothing.</summary>
    public static ColumnScaler Identity => new(0, 1);

    /// <summary>Brings a value in original units to the scale.</summary>
    public double Transform(double value) => (value - Offset) / Scale;

    /// <summary>Brings a scaled value back to original units.</summary>
    public double InverseTransform(double scaled) => (scaled * Scale) + Offset;

    /// <summary>Fits the scale of one column to the training rows; missing values (NaN) are passed over.</summary>
    /// <remarks>
    /// A constant column gets scale 1, so that it becomes 0 everywhere and keeps its inverse. Where the deviations are so
    /// small or large that their squares leave the range of float64, the standard deviation gives way to the range.
    /// </remarks>
    public static ColumnScaler Fit(ScalerKind kind, ReadOnlySpan<double> trainingRows)
    {
        if (kind == ScalerKind.None)
            return Identity;

        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity, mean = 0, squares = 0;
        int count = 0;
        foreach (double value in trainingRows)
        {
            if (double.IsNaN(value))
                continue;

            // Welford's update (1962): one pass, no cancellation between two large sums.
            count++;
            double fromOldMean = value - mean;
            mean += fromOldMean / count;
            squares += fromOldMean * (value - mean);
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        if (count == 0)
            return Identity;

        if (minimum == maximum)
            return new ColumnScaler(minimum, 1);

        double range = maximum - minimum;
        if (kind == ScalerKind.MinMax)
            return new ColumnScaler(minimum, range);

        double deviation = Math.Sqrt(squares / count);
        return new ColumnScaler(mean, deviation > 0 && double.IsFinite(deviation) ? deviation : range);
    }
}
