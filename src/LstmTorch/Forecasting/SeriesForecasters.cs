using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Forecasting;

/// <summary>The forecaster of each series of some data: one for all, or, where a model scales each by itself, one with its scales.</summary>
/// <param name="forecaster">The model.</param>
/// <param name="set">The data.</param>
internal sealed class SeriesForecasters(Forecaster forecaster, TimeSeriesSet set)
{
    private readonly Dictionary<string, SeriesScale> _known = forecaster.Config.SeriesScales.ToDictionary(scale => scale.Id);
    private (int Series, Forecaster Forecaster)? _last;

    /// <summary>Whether every series has its own scales.</summary>
    public bool AreSeveral => _known.Count > 0;

    /// <summary>Whether two windows have one forecaster: a series that the model has not seen has another one at each origin.</summary>
    public bool Share(Window one, Window other) => !AreSeveral || (one.Series == other.Series && (one.Origin == other.Origin || _known.ContainsKey(set.Series[one.Series].Id)));

    /// <summary>The forecaster for a window. A series that the model has not seen is scaled by its rows up to the origin.</summary>
    public Forecaster For(Window window)
    {
        if (!AreSeveral)
            return forecaster;
        TimeSeries series = set.Series[window.Series];
        if (!_known.TryGetValue(series.Id, out SeriesScale? scale))
            return forecaster.ForSeries(SeriesScaleFit.OfUnknown(forecaster.Config, set, series, window.Origin + 1));
        if (_last?.Series != window.Series)
            _last = (window.Series, forecaster.ForSeries(scale));
        return _last.Value.Forecaster;
    }
}
