using System.Globalization;

namespace LstmTorch.Explaining;

/// <summary>Some steps of a window, counted back from the origin, which is 0.</summary>
/// <param name="First">The one nearest to the origin.</param>
/// <param name="Last">The one farthest from it.</param>
public readonly record struct StepRange(int First, int Last)
{
    /// <summary>0, 1, 2 to 3, 4 to 7 and so on: as many as the logarithm of the context length, since what lies far back matters step by step less.</summary>
    public static IReadOnlyList<StepRange> Doubling(int contextLength)
    {
        List<StepRange> ranges = [new(0, 0)];
        for (int first = 1; first < contextLength; first *= 2)
            ranges.Add(new(first, Math.Min((2 * first) - 1, contextLength - 1)));
        return ranges;
    }

    /// <summary>The sum of numbers over these steps.</summary>
    public double Sum(IReadOnlyList<double> steps)
    {
        double sum = 0;
        for (int step = First; step <= Last; step++)
            sum += steps[step];
        return sum;
    }

    /// <inheritdoc/>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
