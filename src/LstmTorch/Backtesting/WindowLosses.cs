using LstmTorch.Data;

namespace LstmTorch.Backtesting;

/// <summary>The losses of forecasts of the same windows, one a moment at which windows begin, in the order of time.</summary>
internal sealed class WindowLosses
{
    private readonly TimeSeriesSet _set;
    private readonly WindowIndex _windows;
    private readonly int _horizon;
    private readonly int[] _momentOf;
    private readonly int[] _windowsAt;
    private readonly double[] _unit;

    /// <param name="set">The data.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="horizon">The steps of a window.</param>
    /// <param name="naive">The naive forecasts of the windows, whose mean error of a target is the unit of that target's losses.</param>
    public WindowLosses(TimeSeriesSet set, WindowIndex windows, int horizon, IReadOnlyList<double> naive)
    {
        (_set, _windows, _horizon) = (set, windows, horizon);
        long[] moments = [.. Enumerable.Range(0, windows.Count).Select(n => Moment(windows[n]))];
        long[] distinct = [.. moments.Distinct().Order()];
        _momentOf = [.. moments.Select(moment => Array.BinarySearch(distinct, moment))];
        _windowsAt = [.. _momentOf.GroupBy(moment => moment).OrderBy(group => group.Key).Select(group => group.Count())];
        _unit = [.. set.Targets.Select((_, target) => Errors(naive, target).DefaultIfEmpty().Average() is var mean && mean > 0 ? mean : 1)];
    }

    /// <summary>The losses of forecasts [windows, horizon, targets], in original units.</summary>
    public double[] Of(IReadOnlyList<double> forecasts)
    {
        double[] losses = new double[_windowsAt.Length];
        for (int target = 0; target < _set.Targets.Count; target++)
        {
            double[] errors = Errors(forecasts, target);
            for (int n = 0; n < errors.Length; n++)
            {
                int moment = _momentOf[n / _horizon];
                losses[moment] += errors[n] / (_unit[target] * _windowsAt[moment] * _horizon * _set.Targets.Count);
            }
        }

        return losses;
    }

    /// <summary>The absolute errors of a target, [windows, horizon].</summary>
    private double[] Errors(IReadOnlyList<double> forecasts, int target)
    {
        double[] errors = new double[_windows.Count * _horizon];
        for (int n = 0; n < errors.Length; n++)
        {
            Window window = _windows[n / _horizon];
            double actual = _set.Series[window.Series].Column(_set.Targets[target])[window.Origin + 1 + (n % _horizon)];
            errors[n] = Math.Abs(actual - forecasts[(n * _set.Targets.Count) + target]);
        }

        return errors;
    }

    private long Moment(Window window) => _set.Series[window.Series].Time.DateAt(window.Origin)?.Ticks ?? window.Origin;
}
