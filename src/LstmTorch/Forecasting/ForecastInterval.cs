using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>An interval around a forecast, in original units.</summary>
/// <param name="Lower">Its lower end.</param>
/// <param name="Upper">Its upper end.</param>
public readonly record struct ForecastInterval(double Lower, double Upper)
{
    /// <summary>An interval of a model.</summary>
    /// <param name="config">The model's description.</param>
    /// <param name="interval">Which of its intervals.</param>
    /// <param name="forecast">The forecast.</param>
    /// <param name="quantiles">The quantiles of the forecast, [Q]; null for a model without them.</param>
    /// <param name="width">How far the interval reaches beyond the forecast, or beyond the two quantiles that hold its share, in original units; below 0 within them.</param>
    /// <returns>An interval that holds the forecast.</returns>
    internal static ForecastInterval Of(ForecasterConfig config, PredictionInterval interval, double forecast, ReadOnlySpan<double> quantiles, double width)
    {
        var (lower, upper) = Ends(config, interval.Coverage, forecast, quantiles);
        return new ForecastInterval(Math.Min(lower - width, forecast), Math.Max(upper + width, forecast));
    }

    /// <summary>What an interval is made of before it is calibrated: the forecast itself, or two of its quantiles.</summary>
    internal static (double Lower, double Upper) Ends(ForecasterConfig config, double coverage, double forecast, ReadOnlySpan<double> quantiles)
    {
        if (config.Distribution == OutputDistribution.Point)
            return (forecast, forecast);
        IReadOnlyList<double> ends = PredictionInterval.EndsOf(coverage);
        List<double> shares = [.. config.Quantiles];
        return (quantiles[shares.IndexOf(ends[0])], quantiles[shares.IndexOf(ends[1])]);
    }
}

/// <summary>A quantile of a forecast.</summary>
/// <param name="Share">The share of values that shall lie below it.</param>
/// <param name="Value">In original units.</param>
public readonly record struct ForecastQuantile(double Share, double Value);
