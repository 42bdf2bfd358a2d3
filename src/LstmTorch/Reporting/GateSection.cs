using System.Globalization;
using LstmTorch.Explaining;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>What the gates of each layer do, and what decides them.</summary>
internal static class GateSection
{
    private static readonly Dictionary<string, string> s_names = new() { ["i"] = "input", ["f"] = "forget", ["g"] = "candidate", ["o"] = "output" };

    /// <summary>The chapter.</summary>
    public static ReportSection Of(ForecasterConfig config, Explanation explanation) => new("Gates", Html.Of($"""
        <p>Means over units, steps and windows{(config.Strategy == ForecastStrategy.Recursive ? ", over the contexts as they were measured" : "")}. A gate below 0.1 is shut, one above 0.9 is open: units whose forget gate is open
        remember, those whose input gate is shut do not listen. Of the candidate the sizes are counted. The memory is 1 / (1 − f): the steps of the
        data after which a cell has kept about a third of what it held.</p>
        {ReportSection.Table(
            ["Layer", "Units", "Memory, steps", "of the median unit", "of the longest", "Mean |c|"],
            explanation.Layers.Select(layer => (IReadOnlyList<string>)[
                Number(layer.Layer), Number(layer.Units), Memory(layer.MemorySteps), Memory(layer.MedianMemorySteps), Memory(layer.LongestMemorySteps), MetricsTable.Format(layer.MeanCell)]))}
        <h3>What decides the gates</h3>
        <p>Each gate comes from a sum: of the input (W<sub>x</sub> x), of the last hidden state (W<sub>h</sub> h), of the cell through the peephole (W<sub>c</sub> c), and of
        the bias. The shares are those of the terms' mean sizes.</p>
        {ReportSection.Table(
            ["Layer, gate", "Mean", "Below 0.1", "Above 0.9", "Input", "Recurrent", "Peephole", "Bias"],
            explanation.Layers.SelectMany(layer => layer.Gates.Select(gate => (IReadOnlyList<string>)[
                $"{layer.Layer}, {s_names[gate.Gate]}",
                gate.Mean.ToString("F3", CultureInfo.InvariantCulture),
                Share(gate.LeftSaturated),
                Share(gate.RightSaturated),
                Share(gate.InputTerm),
                Share(gate.RecurrentTerm),
                Share(gate.PeepholeTerm),
                Share(gate.BiasTerm)])))}
        <h3>One window</h3>
        <p>The gates over the context that ends at {explanation.To}: means over the units of each layer, from the oldest step to the origin.</p>
        {ReportSection.Grid(explanation.Layers.Select(Course))}
        """));

    private static Html Course(LayerActivity layer)
    {
        int steps = layer.Course.Input.Count;
        double[] x = [.. Enumerable.Range(0, steps).Select(step => step - steps + 1.0)];
        var plot = new SvgPlot($"Layer {layer.Layer}: mean of the gates over the context of one window") { FromZero = true };
        plot.Line("base", x, [.. layer.Course.Input]);
        plot.Line("model", x, [.. layer.Course.Forget]);
        plot.Line("actual", x, [.. layer.Course.Output]);
        plot.Line("context", x, [.. layer.Course.Cell]);
        return ReportSection.Figure(
            plot, $"Layer {layer.Layer}, by step before the origin.", [("base", "input gate"), ("model", "forget gate"), ("actual", "output gate"), ("context", "|c|")]);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Memory(double? steps) => steps is { } known ? MetricsTable.Format(known) : "no end";

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
