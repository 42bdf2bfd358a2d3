using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Explaining;

/// <summary>Says why a model forecasts what it does: attributions, the importance of its inputs, and what its gates do.</summary>
public sealed class Explainer : IDisposable
{
    private readonly PointForecaster _forecaster;
    private readonly ForecasterConfig _config;

    /// <summary>Takes over the networks of a model.</summary>
    /// <param name="config">The model's description.</param>
    /// <param name="networks">Its members.</param>
    /// <param name="device">Where they live.</param>
    internal Explainer(ForecasterConfig config, IReadOnlyList<LstmForecaster> networks, Device device)
    {
        _config = config;
        _forecaster = new PointForecaster(networks, device);
    }

    /// <summary>Prepares a model.</summary>
    /// <param name="file">The model.</param>
    /// <param name="device">auto, cpu, cuda or cuda:N.</param>
    /// <param name="kernel">auto, or a kernel's name.</param>
    /// <param name="precision">How matrix products round their factors on a CUDA device.</param>
    public static Explainer Of(ModelFile file, string device = "auto", string kernel = "auto", MatrixPrecision precision = MatrixPrecision.Fp32)
    {
        ArgumentNullException.ThrowIfNull(file);
        Device place = Devices.Resolve(device);
        LibTorch.SetPrecision(precision);
        return new Explainer(file.Config, [.. file.Members.Select(member => LoadedNetwork.Of(member, place, LstmKernels.Wanted(kernel), precision))], place);
    }

    /// <summary>Explains the forecasts of some windows.</summary>
    /// <param name="set">The data.</param>
    /// <param name="choice">Which windows.</param>
    /// <param name="options">How.</param>
    /// <param name="splits">The parts of the data that the model was trained on, for the baseline; null for other data.</param>
    /// <param name="progress">Gets what is done at the moment, and which share of it.</param>
    /// <exception cref="LstmTorchException">An option is out of its range, there is no such window, or what is known in advance is missing.</exception>
    public Explanation Explain(
        TimeSeriesSet set, WindowChoice choice, ExplainOptions options, IReadOnlyList<ChronologicalSplit>? splits, Action<string, double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(_config.Horizon);
        IReadOnlyList<Window> windows = choice.Of(set, _config, splits);
        var explained = new ExplainedWindows(set, _config, windows);
        IReadOnlyList<InputGroup> groups = InputGroup.Of(_config);
        float[] baseline = explained.Baseline(options.Baseline, splits);
        var gradients = new IntegratedGradients(_forecaster, options);
        IReadOnlyList<WindowAttributions> attributions =
            [.. _config.Targets.Select((target, k) => gradients.Of(explained, baseline, k, share => progress?.Invoke($"attributions of {target}", share)))];
        var (errors, rises) = Shuffle(explained, groups, options, progress);
        TimeSeries first = set.Series[windows[0].Series], last = set.Series[windows[^1].Series];
        return new Explanation(
            choice.Origin is null ? choice.PartOf(splits) : null,
            choice.Series,
            windows.Count,
            first.Time.Format(windows[0].Origin),
            last.Time.Format(windows[^1].Origin),
            options.Baseline,
            splits is not null,
            options.Points,
            options.Step,
            [.. _config.Targets.Select((target, k) => new TargetExplanation(
                target,
                attributions[k].Forecasts.Average(),
                attributions[k].BaselineForecasts.Average(),
                errors is null || double.IsNaN(errors[k]) ? null : errors[k],
                Completeness.Of(attributions[k]),
                [.. InputImportance.Of(groups, attributions[k], _config.Inputs.Count, _config.FutureCovariates.Count)
                    .Select((input, n) => input with { Shuffled = errors is null || double.IsNaN(errors[k]) ? null : rises[n][k] })]))],
            Gates(explained))
        {
            Rows = AttributionRows(set, windows, attributions),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LstmForecaster network in _forecaster.Networks)
            network.Dispose();
    }

    private (double[]? Errors, IReadOnlyList<ErrorRise[]> Rises) Shuffle(
        ExplainedWindows windows, IReadOnlyList<InputGroup> groups, ExplainOptions options, Action<string, double>? progress)
    {
        // One window has no other one to change places with.
        if (windows.Count == 1 || options.Repeats == 0)
            return (null, []);
        var importance = new PermutationImportance(_forecaster, windows, options);
        double[] errors = importance.Errors();
        if (Array.TrueForAll(errors, double.IsNaN))
            return (null, []);
        return (errors, [.. groups.Select((group, n) =>
        {
            ErrorRise[] rises = importance.Of(group, errors);
            progress?.Invoke("shuffled inputs", (n + 1.0) / groups.Count);
            return rises;
        })]);
    }

    private IReadOnlyList<LayerActivity> Gates(ExplainedWindows windows)
    {
        using var noGradient = no_grad();
        GateStatistics[] layers = [.. _config.HiddenSizes.Select((_, k) => new GateStatistics(k + 1, _config.PatchLength))];
        int size = _config.ContextLength * _config.Inputs.Count;
        foreach (LstmForecaster network in _forecaster.Networks)
        {
            foreach (var (layer, cell) in layers.Zip(network.Lstm.Layers))
                layer.BeginNetwork(cell.HiddenSize);
            for (int start = 0; start < windows.Count; start += PointForecaster.BatchSize)
                Trace(network, windows.Contexts.AsSpan(start * size, Math.Min(PointForecaster.BatchSize, windows.Count - start) * size), (layer, trace) => layers[layer].Add(trace));
            foreach (GateStatistics layer in layers)
                layer.EndNetwork();
            Trace(network, windows.Contexts.AsSpan((windows.Count - 1) * size), (layer, trace) => layers[layer].AddCourse(trace));
        }

        return [.. layers.Select(layer => layer.Result())];
    }

    private void Trace(LstmForecaster network, ReadOnlySpan<float> contexts, Action<int, GateTrace> use)
    {
        using var scope = NewDisposeScope();
        Tensor x = network.LayerInput(_forecaster.Contexts(contexts)).transpose(0, 1);
        for (int layer = 0; layer < network.Lstm.Layers.Count; layer++)
        {
            var trace = GateTrace.Of(network.Lstm.Layers[layer], x);
            use(layer, trace);
            x = trace.Hidden;
        }
    }

    private IEnumerable<AttributionRow> AttributionRows(TimeSeriesSet set, IReadOnlyList<Window> windows, IReadOnlyList<WindowAttributions> attributions)
    {
        for (int n = 0; n < windows.Count; n++)
        {
            TimeSeries series = set.Series[windows[n].Series];
            string origin = series.Time.Format(windows[n].Origin);
            for (int k = 0; k < attributions.Count; k++)
            {
                foreach (var (values, columns, first) in new[] { (attributions[k].Past, _config.Inputs, 1 - _config.ContextLength), (attributions[k].Ahead, _config.FutureCovariates, 1) })
                {
                    int size = values.Length / windows.Count;
                    for (int place = 0; place < size; place++)
                        yield return new AttributionRow(series.Id, origin, _config.Targets[k], columns[place % columns.Count], first + (place / columns.Count), values[(n * size) + place]);
                }
            }
        }
    }
}
