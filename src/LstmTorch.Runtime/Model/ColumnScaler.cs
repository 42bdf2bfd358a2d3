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

/// <summary>
/// The scale of one column: scaled = (g(value) − <paramref name="Offset"/>) / <paramref name="Scale"/>, where g is no change, or a
/// Box-Cox transform.
/// </summary>
/// <param name="Offset">Subtracted first, in the column's units, or what g makes of them.</param>
/// <param name="Scale">Divided by afterwards, in the same units; finite and not 0.</param>
/// <param name="Power">λ of g(x) = (x^λ − 1)/λ, and ln x for λ = 0, of positive values (Box and Cox, "An Analysis of Transformations",
/// 1964, equation 1); null for no change.</param>
[method: JsonConstructor] // Otherwise a struct is read by setting properties, and a missing one is 0.
public readonly record struct ColumnScaler(
    double Offset, double Scale, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Power = null)
{
    // What an inverse takes for numbers that no value is transformed to.
    private const double SmallestBase = 1e-12;

    /// <summary>The scale that changes nothing.</summary>
    public static ColumnScaler Identity => new(0, 1);

    /// <summary>Brings a value in original units to the scale.</summary>
    /// <returns>Not finite where a transform takes no such value: one that is not above 0.</returns>
    public double Transform(double value) => ((Power is { } power ? BoxCox(value, power) : value) - Offset) / Scale;

    /// <summary>Brings a scaled value back to original units.</summary>
    public double InverseTransform(double scaled)
    {
        double value = (scaled * Scale) + Offset;
        return Power switch
        {
            null => value,
            0 => Math.Exp(value),
            { } power => Math.Exp(Math.Log(Math.Max((power * value) + 1, SmallestBase)) / power),
        };
    }

    /// <summary>The derivative of <see cref="InverseTransform"/>: original units per scaled unit.</summary>
    internal double SlopeAt(double scaled)
    {
        double value = (scaled * Scale) + Offset;
        if (Power is not { } power)
            return Scale;
        double within = (power * value) + 1;
        return power == 0 ? Scale * Math.Exp(value)
            : within <= SmallestBase ? 0
            : Scale * Math.Exp(Math.Log(within) * ((1 / power) - 1));
    }

    /// <summary>Box and Cox's transform of one value.</summary>
    internal static double BoxCox(double value, double power)
    {
        double log = Math.Log(value);
        return power == 0 ? log : (Math.Exp(power * log) - 1) / power;
    }

    /// <summary>Fits a transform and the scale behind it to the training rows; missing values (NaN) are passed over.</summary>
    /// <param name="kind">How to scale.</param>
    /// <param name="trainingRows">The rows, in original units.</param>
    /// <param name="power">λ of a transform before it, or null; the rows must be above 0 then.</param>
    public static ColumnScaler Fit(ScalerKind kind, ReadOnlySpan<double> trainingRows, double? power)
    {
        if (power is not { } lambda)
            return Fit(kind, trainingRows);
        double[] transformed = new double[trainingRows.Length];
        for (int row = 0; row < transformed.Length; row++)
            transformed[row] = BoxCox(trainingRows[row], lambda);
        return Fit(kind, transformed) with { Power = power };
    }

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
