using LstmTorch.Data;

namespace LstmTorch.Experiments;

/// <summary>Errors over some windows of series with one column, all windows and steps alike.</summary>
/// <param name="set">The series.</param>
/// <param name="windows">The windows.</param>
/// <param name="horizon">Steps of a forecast.</param>
internal sealed class WindowErrors(TimeSeriesSet set, WindowIndex windows, int horizon)
{
    /// <summary>The windows.</summary>
    public WindowIndex Windows => windows;

    /// <summary>Mean squared and mean absolute error of forecasts, [windows, horizon].</summary>
    public (double Squared, double Absolute) Of(double[] forecasts) => Of((window, step) => forecasts[(window * horizon) + step]);

    /// <summary>Those of the mean of the last values, repeated.</summary>
    public (double Squared, double Absolute) OfLastMean(int values)
    {
        double[] means = new double[windows.Count];
        for (int n = 0; n < means.Length; n++)
        {
            foreach (double value in Column(n).Slice(windows[n].Origin + 1 - values, values))
                means[n] += value / values;
        }

        return Of((window, _) => means[window]);
    }

    private ReadOnlySpan<double> Column(int window) => set.Series[windows[window].Series].Column(0);

    private (double Squared, double Absolute) Of(Func<int, int, double> forecast)
    {
        double squared = 0, absolute = 0;
        for (int window = 0; window < windows.Count; window++)
        {
            ReadOnlySpan<double> actual = Column(window).Slice(windows[window].Origin + 1, horizon);
            for (int step = 0; step < horizon; step++)
            {
                double error = forecast(window, step) - actual[step];
                squared += error * error;
                absolute += Math.Abs(error);
            }
        }

        double count = (double)windows.Count * horizon;
        return (squared / count, absolute / count);
    }
}
