using System.Globalization;

namespace LstmTorch.Forecasting.Baselines;

/// <summary>The forecasts that every model is held against, in the order of the tables.</summary>
public enum Baseline
{
    /// <summary>The last known value, repeated.</summary>
    Naive,

    /// <summary>The values of the last known season, repeated.</summary>
    SeasonalNaive,

    /// <summary>The line from the first to the last known value, extended.</summary>
    Drift,

    /// <summary>The mean of the last season, repeated.</summary>
    SeasonMean,

    /// <summary>Exponential smoothing with half of the trend, on the series without its season; see <see cref="ThetaForecast"/>.</summary>
    Theta,

    /// <summary>A linear map of the window; see <see cref="LinearForecast"/>.</summary>
    Linear,
}

/// <summary>How baselines are called.</summary>
public static class BaselineNames
{
    /// <summary>The name in a table: "seasonal naive (7)".</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="seasonality">The steps of one season.</param>
    public static string Title(this Baseline baseline, int seasonality) => baseline switch
    {
        Baseline.SeasonalNaive => string.Create(CultureInfo.InvariantCulture, $"seasonal naive ({seasonality})"),
        Baseline.SeasonMean => string.Create(CultureInfo.InvariantCulture, $"season's mean ({seasonality})"),
        _ => Choices.Name(baseline),
    };

    /// <summary>True for those that are the naive forecast again where there is no season.</summary>
    public static bool NeedsSeason(this Baseline baseline) => baseline is Baseline.SeasonalNaive or Baseline.SeasonMean;
}
