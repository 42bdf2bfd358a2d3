using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Explaining;

/// <summary>The windows that are explained, as the network sees them, and what came true after them.</summary>
internal sealed class ExplainedWindows
{
    private readonly TimeSeriesSet _set;
    private readonly ForecasterConfig _config;

    /// <summary>Scales the windows.</summary>
    /// <param name="set">The data, in original units.</param>
    /// <param name="config">The model's description.</param>
    /// <param name="windows">The windows; their horizons may lie beyond the last row.</param>
    /// <exception cref="LstmTorchException">What is known in advance is not given for the whole horizon of a window.</exception>
    public ExplainedWindows(TimeSeriesSet set, ForecasterConfig config, IReadOnlyList<Window> windows)
    {
        _set = set;
        _config = config;
        Windows = windows;
        int inputs = config.Inputs.Count;
        Contexts = new float[(long)windows.Count * config.ContextLength * inputs];
        Known = new float[(long)windows.Count * config.Horizon * config.FutureCovariates.Count];
        var scalers = new IReadOnlyList<ColumnScaler>[windows.Count];
        for (int n = 0; n < windows.Count; n++)
        {
            SeriesScale scale = ScaleOf(windows[n]);
            scalers[n] = scale.TargetScalers;
            TimeSeries series = set.Series[windows[n].Series];
            int first = windows[n].Origin + 1 - config.ContextLength;
            for (int input = 0; input < inputs; input++)
            {
                ReadOnlySpan<double> column = series.Column(config.Inputs[input]).Slice(first, config.ContextLength);
                for (int row = 0; row < column.Length; row++)
                    Contexts[(((long)n * column.Length) + row) * inputs + input] = (float)scale.InputScalers[input].Transform(column[row]);
            }

            FillKnown(n, scale);
        }

        TargetScalers = scalers;
    }

    /// <summary>The windows.</summary>
    public IReadOnlyList<Window> Windows { get; }

    /// <summary>How many there are.</summary>
    public int Count => Windows.Count;

    /// <summary>Scaled contexts, dimensionless, [windows, context length, inputs].</summary>
    public float[] Contexts { get; }

    /// <summary>Scaled covariates that are known in advance, dimensionless, [windows, horizon, covariates].</summary>
    public float[] Known { get; }

    /// <summary>The scales of the targets, for each window.</summary>
    public IReadOnlyList<IReadOnlyList<ColumnScaler>> TargetScalers { get; }

    /// <summary>The value that came true, in original units; NaN where it is not known, or was missing.</summary>
    public double Actual(int window, int step, int target)
    {
        TimeSeries series = _set.Series[Windows[window].Series];
        string column = _config.Targets[target];
        int row = Windows[window].Origin + 1 + step;
        return row < series.Length && _set.Targets.Contains(column) && (series.Filled(column) is not { IsEmpty: false } filled || !filled[row])
            ? series.Column(column)[row]
            : double.NaN;
    }

    /// <summary>The rows that windows are held against, on the scale of the network.</summary>
    /// <param name="kind">Which rows.</param>
    /// <param name="splits">The parts of the data that the model was trained on; null for other data.</param>
    /// <returns>[windows, inputs].</returns>
    public float[] Baseline(AttributionBaseline kind, IReadOnlyList<ChronologicalSplit>? splits)
    {
        int inputs = _config.Inputs.Count;
        float[] rows = new float[Count * inputs];
        float[] mean = kind == AttributionBaseline.Mean ? Mean(splits) : [];
        for (int n = 0; n < Count; n++)
        {
            ReadOnlySpan<float> row = kind == AttributionBaseline.Mean ? mean : Contexts.AsSpan((((n + 1) * _config.ContextLength) - 1) * inputs, inputs);
            row.CopyTo(rows.AsSpan(n * inputs));
        }

        return rows;
    }

    private float[] Mean(IReadOnlyList<ChronologicalSplit>? splits)
    {
        double[] sums = new double[_config.Inputs.Count];
        long[] counts = new long[sums.Length];
        for (int s = 0; s < _set.Series.Count; s++)
        {
            var (start, end) = splits?[s].Rows(Part.Train) ?? (0, _set.Series[s].Length);
            SeriesScale scale = ScaleOf(new Window(s, _set.Series[s].Length - 1));
            for (int input = 0; input < sums.Length; input++)
            {
                foreach (double value in _set.Series[s].Measured(_config.Inputs[input], end)[start..])
                {
                    if (double.IsNaN(value))
                        continue;
                    sums[input] += scale.InputScalers[input].Transform(value);
                    counts[input]++;
                }
            }
        }

        return [.. sums.Select((sum, input) => (float)(sum / Math.Max(1, counts[input])))];
    }

    private SeriesScale ScaleOf(Window window) =>
        SeriesScaleFit.Of(_config, _set, window) ?? new SeriesScale(string.Empty, _config.InputScalers, _config.TargetScalers);

    private void FillKnown(int n, SeriesScale scale)
    {
        TimeSeries series = _set.Series[Windows[n].Series];
        int covariates = _config.FutureCovariates.Count;
        double[] column = new double[_config.Horizon];
        for (int covariate = 0; covariate < covariates; covariate++)
        {
            string name = _config.FutureCovariates[covariate];
            ColumnScaler scaler = scale.InputScalers[_config.Inputs.ToList().IndexOf(name)];
            series.Known(name, Windows[n].Origin + 1, column);
            for (int step = 0; step < column.Length; step++)
            {
                if (double.IsNaN(column[step]))
                {
                    throw new LstmTorchException(
                        ErrorKind.BadData,
                        $"{_set.SourceName}: column '{name}' has no value at {series.Time.Format(Windows[n].Origin + 1 + step)}; the model takes it as known in advance");
                }

                Known[(((n * column.Length) + step) * covariates) + covariate] = (float)scaler.Transform(column[step]);
            }
        }
    }
}
