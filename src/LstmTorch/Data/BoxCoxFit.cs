using System.Globalization;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>How targets are transformed before they are scaled.</summary>
public enum TargetTransform
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Logarithms: what grows by shares grows by equal steps then.</summary>
    Log,

    /// <summary>Box and Cox's power that makes the training rows most like a normal distribution.</summary>
    BoxCox,
}

/// <summary>Chooses the power λ of each target's transform; see <see cref="ColumnScaler.Power"/>.</summary>
public static class BoxCoxFit
{
    private const double Smallest = -1, Largest = 2, Step = 0.05;

    /// <summary>The power of a target, or null where it is not transformed.</summary>
    /// <param name="transform">What to do.</param>
    /// <param name="set">The data.</param>
    /// <param name="splits">The parts: the power is fitted to the training rows of all series together.</param>
    /// <param name="target">The column.</param>
    /// <exception cref="LstmTorchException">A value of the column is not above 0; the first one is named.</exception>
    public static double? Power(TargetTransform transform, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, string target)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (transform == TargetTransform.None)
            return null;
        CheckPositive(transform, set, target);
        return transform == TargetTransform.Log ? 0 : MostLikely(ScalerFit.TrainingRows(set, splits, target));
    }

    /// <summary>The λ from −1 to 2, in steps of 0.05, of the largest likelihood (Box and Cox, 1964, equation 8).</summary>
    /// <param name="rows">Values above 0; NaN is passed over.</param>
    /// <returns>1 where all are the same.</returns>
    internal static double MostLikely(ReadOnlySpan<double> rows)
    {
        double[] values = [.. rows.ToArray().Where(value => !double.IsNaN(value))];
        if (values.Length == 0 || values.Min() == values.Max())
            return 1;
        double logs = values.Sum(Math.Log), best = 1, likelihood = double.NegativeInfinity;
        for (int n = 0; n <= (Largest - Smallest) / Step; n++)
        {
            double power = Math.Round(Smallest + (n * Step), 2);
            double[] transformed = [.. values.Select(value => ColumnScaler.BoxCox(value, power))];
            double mean = transformed.Average(), variance = transformed.Average(value => (value - mean) * (value - mean));
            double now = ((power - 1) * logs) - (values.Length / 2.0 * Math.Log(variance));
            if (now > likelihood)
                (best, likelihood) = (power, now);
        }

        return best;
    }

    private static void CheckPositive(TargetTransform transform, TimeSeriesSet set, string target)
    {
        foreach (TimeSeries series in set.Series)
        {
            ReadOnlySpan<double> column = series.Column(target);
            for (int row = 0; row < column.Length; row++)
            {
                if (column[row] <= 0)
                {
                    string where = set.Series.Count > 1 ? $"series '{series.Id}', " : string.Empty;
                    throw new LstmTorchException(
                        ErrorKind.BadData,
                        string.Create(CultureInfo.InvariantCulture, $"{set.SourceName}: {where}{series.Time.Format(row)}: column '{target}' is {column[row]}, but --transform {Choices.Name(transform)} needs values above 0; leave it out, or add a constant to the column"));
                }
            }
        }
    }
}
