namespace LstmTorch.Forecasting;

/// <summary>The loss of a batch after steps of growing size.</summary>
/// <param name="LearningRate">η of the step.</param>
/// <param name="Loss">The loss before the step, averaged over it and those before: of scaled values.</param>
public sealed record LearningRatePoint(double LearningRate, double Loss);

/// <summary>What a range test has seen (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3).</summary>
/// <param name="Points">The steps in the order they were taken, their rates growing; at least one.</param>
public sealed record LearningRateCurve(IReadOnlyList<LearningRatePoint> Points)
{
    /// <summary>What a mean of losses keeps of itself in each step.</summary>
    private const double Smoothing = 0.9;

    /// <summary>The step with the least loss: larger ones undo what was learnt.</summary>
    public LearningRatePoint Lowest => Points.MinBy(point => point.Loss)!;

    /// <summary>
    /// The rate to train with: two thirds of the way, on a logarithmic scale, from where the loss begins to fall for good to where it
    /// is least.
    /// </summary>
    /// <remarks>
    /// The longest falling subsequence is what tells a fall from noise; a place before its end leaves a margin, since what is best for
    /// one step is too much for thousands.
    /// </remarks>
    public double Suggested
    {
        get
        {
            (int first, int last) = LongestFall();
            double low = Math.Log(Points[first].LearningRate), high = Math.Log(Points[last].LearningRate);
            return Math.Exp(low + ((high - low) * 2 / 3));
        }
    }

    /// <summary>A curve of losses as they were measured: each point gets the mean of those so far, the later ones weighing more.</summary>
    /// <param name="steps">Rates and losses, in the order of the steps.</param>
    public static LearningRateCurve Of(IEnumerable<(double LearningRate, double Loss)> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        double sum = 0, weight = 0;
        return new([.. steps.Select(step =>
        {
            sum = (Smoothing * sum) + ((1 - Smoothing) * step.Loss);
            weight = (Smoothing * weight) + (1 - Smoothing);
            return new LearningRatePoint(step.LearningRate, sum / weight);
        })]);
    }

    /// <summary>Where the longest falling subsequence of the losses begins and ends.</summary>
    private (int First, int Last) LongestFall()
    {
        int[] lengths = new int[Points.Count], starts = new int[Points.Count];
        int last = 0;
        for (int n = 0; n < Points.Count; n++)
        {
            (lengths[n], starts[n]) = (1, n);
            for (int before = 0; before < n; before++)
            {
                // Of falls as long as each other the one that begins last: before it the losses only waver.
                (int Length, int Start) longer = (lengths[before] + 1, starts[before]);
                if (Points[n].Loss < Points[before].Loss && longer.CompareTo((lengths[n], starts[n])) > 0)
                    (lengths[n], starts[n]) = longer;
            }

            if (lengths[n] > lengths[last])
                last = n;
        }

        return (starts[last], last);
    }
}
