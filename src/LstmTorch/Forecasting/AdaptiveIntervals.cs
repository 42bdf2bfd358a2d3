using LstmTorch.Data;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>
/// Lets intervals follow what they have missed, where forecasts are gone through in the order of time: each miss that is known
/// at an origin makes the next interval wider, each hit a little narrower, so that the share of misses comes near the one that was asked for
/// whatever the data does.
/// </summary>
/// <remarks>
/// <code>
/// ln s ← ln s + γ (missed − (1 − coverage))        for each value that has come true by the origin; s starts at 1
/// interval: from the forecast s times as far to each side as calibrated
/// </code>
/// The feedback of Gibbs and Candès ("Adaptive Conformal Inference Under Distribution Shift", 2021, equation 2), here on the logarithm
/// of the width, which needs no scores of the past to be kept. Each series, step, target and interval has its own s, and the value of
/// a step h is known h rows later: nothing after an origin has any influence.
/// </remarks>
/// <param name="config">The model's description; γ is <see cref="ForecasterConfig.IntervalRate"/>.</param>
internal sealed class AdaptiveIntervals(ForecasterConfig config)
{
    private readonly Dictionary<(int Series, int Interval, int Output), Track> _tracks = [];

    /// <summary>The interval as it is made at an origin.</summary>
    /// <param name="window">The window.</param>
    /// <param name="interval">Which of the model's intervals.</param>
    /// <param name="output">Which step and target, as in <see cref="PredictionInterval.HalfWidths"/>.</param>
    /// <param name="forecast">The forecast.</param>
    /// <param name="calibrated">The interval as it was calibrated.</param>
    /// <param name="row">The row that is forecast.</param>
    /// <param name="actual">What came true there, for later origins; null where it is not known.</param>
    public ForecastInterval Next(Window window, int interval, int output, double forecast, ForecastInterval calibrated, int row, double? actual)
    {
        if (config.IntervalRate == 0)
            return calibrated;
        if (!_tracks.TryGetValue((window.Series, interval, output), out Track? track))
            _tracks.Add((window.Series, interval, output), track = new Track());
        for (; track.Pending.TryPeek(out var known) && known.Row <= window.Origin; track.Pending.Dequeue())
            track.LogWidth += config.IntervalRate * ((known.IsMissed ? 1 : 0) - (1 - config.Intervals[interval].Coverage));

        double width = Math.Exp(track.LogWidth);
        var adapted = new ForecastInterval(forecast - (width * (forecast - calibrated.Lower)), forecast + (width * (calibrated.Upper - forecast)));
        if (actual is { } value)
            track.Pending.Enqueue((row, value < adapted.Lower || value > adapted.Upper));
        return adapted;
    }

    private sealed class Track
    {
        public double LogWidth { get; set; }

        public Queue<(int Row, bool IsMissed)> Pending { get; } = [];
    }
}
