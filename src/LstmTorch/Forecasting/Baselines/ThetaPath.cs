namespace LstmTorch.Forecasting.Baselines;

/// <summary>Theta forecasts of one series from many origins, cheaply: each knows the rows up to its origin and none after.</summary>
/// <remarks>
/// Season and α are fitted anew whenever the known rows have grown by a tenth, to the last 10 000 of them at most; in between, level
/// and trend follow row by row. Which rows they are fitted to depends on the origin alone, not on the origins asked for before.
/// </remarks>
/// <param name="seasonality">m, the steps of one season; one of more than a third of 10 000 steps is not looked for.</param>
internal sealed class ThetaPath(int seasonality)
{
    private const int MostRows = 10_000;

    private ThetaForecast? _theta;
    private int _known;
    private int _next;

    /// <summary>Forecasts from an origin; origins that ascend are cheap.</summary>
    /// <param name="series">The target, oldest row first, in original units; rows after the origin are not read.</param>
    /// <param name="origin">The last known row.</param>
    /// <param name="forecast">Receives the forecasts, in original units, [horizon].</param>
    public void Forecast(ReadOnlySpan<double> series, int origin, Span<double> forecast)
    {
        int rows = origin + 1;
        if (_theta is null || rows < _known || rows >= _next)
            Fit(series[..rows]);
        for (; _known < rows; _known++)
            _theta!.Observe(series[_known]);
        _theta!.Forecast(forecast);
    }

    /// <summary>Fits to as many of the known rows as a number of the fixed sequence.</summary>
    private void Fit(ReadOnlySpan<double> known)
    {
        _known = 1;
        for (_next = 1; _next <= known.Length; _next = Math.Max(_next + 1, (int)Math.Min(int.MaxValue, _next * 1.1)))
            _known = _next;
        _theta = ThetaForecast.Fit(known[Math.Max(0, _known - MostRows).._known], seasonality);
    }
}
