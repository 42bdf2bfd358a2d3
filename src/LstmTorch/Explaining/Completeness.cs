namespace LstmTorch.Explaining;

/// <summary>
/// Whether attributions add up to what they explain: the forecast less that of the baseline. What is missing is the error of the
/// quadrature.
/// </summary>
/// <param name="Difference">Mean of |forecast − baseline's forecast| over the windows, in units of the target.</param>
/// <param name="Error">Mean of |sum of the attributions − (forecast − baseline's forecast)|, in units of the target.</param>
/// <param name="LargestError">The largest of these errors.</param>
public sealed record Completeness(double Difference, double Error, double LargestError)
{
    /// <summary>Above this share a reader should ask for more points.</summary>
    private const double Tolerated = 0.02;

    /// <summary>The error as a share of the difference; null where there is no difference.</summary>
    public double? Share => Difference > 0 ? Error / Difference : null;

    /// <summary>Whether the attributions add up but for 2 %.</summary>
    public bool Holds => Error <= Tolerated * Difference || Error == 0;

    /// <summary>That of some attributions.</summary>
    internal static Completeness Of(WindowAttributions attributions)
    {
        double[] differences = [.. attributions.Forecasts.Zip(attributions.BaselineForecasts, (forecast, baseline) => forecast - baseline)];
        double[] errors = [.. differences.Select((difference, window) => Math.Abs(attributions.Sum(window) - difference))];
        return new Completeness(differences.Average(Math.Abs), errors.Average(), errors.Max());
    }
}
