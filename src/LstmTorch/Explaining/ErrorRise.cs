namespace LstmTorch.Explaining;

/// <summary>By how much an error rises, over several shuffles.</summary>
/// <param name="Mean">Mean rise of the mean absolute error, in units of the target; below 0 where the forecasts got better.</param>
/// <param name="Deviation">Standard deviation over the shuffles (divisor n − 1); 0 for one.</param>
public sealed record ErrorRise(double Mean, double Deviation)
{
    /// <summary>That of some rises.</summary>
    internal static ErrorRise Of(IReadOnlyList<double> rises)
    {
        double mean = rises.Average();
        return new ErrorRise(mean, rises.Count == 1 ? 0 : Math.Sqrt(rises.Sum(rise => (rise - mean) * (rise - mean)) / (rises.Count - 1)));
    }
}
