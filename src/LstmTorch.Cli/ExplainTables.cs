using LstmTorch.Explaining;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>An explanation as text for people.</summary>
internal static class ExplainTables
{
    /// <summary>What was explained, the inputs, the steps of their past, and the gates.</summary>
    public static void Write(TextWriter output, ForecasterConfig config, Explanation explanation)
    {
        void Line(string name, string value) => output.WriteLine($"{name,-16} {value}");
        Line("explained", ExplanationWords.Step(explanation, config));
        Line("windows", ExplanationWords.Windows(explanation));
        Line("baseline", ExplanationWords.Baseline(explanation));
        output.WriteLine();
        WriteInputs(output, explanation);
        foreach (TargetExplanation target in explanation.Targets)
            output.WriteLine(ExplanationWords.Sum(target, explanation.Windows));
        output.WriteLine();
        WriteSteps(output, config, explanation);
        output.WriteLine();
        WriteGates(output, explanation);
    }

    private static void WriteInputs(TextWriter output, Explanation explanation)
    {
        bool isShuffled = explanation.Targets.Any(target => target.Mae is not null);
        var table = new TextTable(["target", "input", "attribution", "share %", "contribution", .. isShuffled ? ["error rise", "±"] : Array.Empty<string>()], wordColumns: 2);
        foreach (TargetExplanation target in explanation.Targets)
        {
            foreach (InputImportance input in target.Inputs)
            {
                table.Add([
                    ReferenceEquals(input, target.Inputs[0]) ? target.Target : string.Empty,
                    input.Input,
                    input.Attribution,
                    Percent(input.Share),
                    input.Contribution,
                    .. isShuffled ? [input.Shuffled?.Mean, input.Shuffled?.Deviation] : Array.Empty<object?>()]);
            }
        }

        table.Write(output);
        foreach (TargetExplanation target in explanation.Targets.Where(target => target.Mae is not null))
            output.WriteLine(FormattableString.Invariant($"The error of {target.Target} is {target.Mae:G4}, its rise that of the mean absolute error where an input comes from another window."));
    }

    /// <summary>Shares of the attributions of a target by steps back; what is known in advance stands last.</summary>
    private static void WriteSteps(TextWriter output, ForecasterConfig config, Explanation explanation)
    {
        IReadOnlyList<StepRange> ranges = StepRange.Doubling(config.ContextLength);
        bool hasAhead = config.FutureCovariates.Count > 0;
        var table = new TextTable(["target", "% at steps back", .. ranges.Select(range => range.ToString()), .. hasAhead ? ["ahead"] : Array.Empty<string>()], wordColumns: 2);
        foreach (TargetExplanation target in explanation.Targets)
        {
            double all = target.Inputs.Sum(input => input.Attribution);
            string? Share(double part) => all > 0 ? Percent(part / all) : null;
            foreach (InputImportance input in target.Inputs)
            {
                table.Add([
                    ReferenceEquals(input, target.Inputs[0]) ? target.Target : string.Empty,
                    input.Input,
                    .. ranges.Select(range => Share(range.Sum(input.Past))),
                    .. hasAhead ? [input.Ahead.Count > 0 ? Share(input.Ahead.Sum()) : null] : Array.Empty<string?>()]);
            }
        }

        table.Write(output);
    }

    private static void WriteGates(TextWriter output, Explanation explanation)
    {
        var table = new TextTable(["layer", "gate", "mean", "below 0.1 %", "above 0.9 %", "input %", "recurrent %", "peephole %", "bias %"], wordColumns: 2);
        foreach (LayerActivity layer in explanation.Layers)
        {
            foreach (GateActivity gate in layer.Gates)
            {
                table.Add([
                    gate.Gate == "i" ? FormattableString.Invariant($"{layer.Layer}") : string.Empty,
                    gate.Gate,
                    FormattableString.Invariant($"{gate.Mean:F3}"),
                    Percent(gate.LeftSaturated),
                    Percent(gate.RightSaturated),
                    Percent(gate.InputTerm),
                    Percent(gate.RecurrentTerm),
                    Percent(gate.PeepholeTerm),
                    Percent(gate.BiasTerm)]);
            }
        }

        table.Write(output);
        foreach (LayerActivity layer in explanation.Layers)
        {
            static string Steps(double? steps) => steps is { } known ? FormattableString.Invariant($"{known:0.0}") : "endless";
            output.WriteLine(FormattableString.Invariant($"Layer {layer.Layer}: memory {Steps(layer.MemorySteps)} steps, {Steps(layer.MedianMemorySteps)} of the median unit and {Steps(layer.LongestMemorySteps)} of the longest; mean |c| {layer.MeanCell:0.000}."));
        }

        output.WriteLine("The last four columns are what decides a gate: shares of the mean sizes of its terms.");
    }

    private static string? Percent(double? share) => share is { } known ? FormattableString.Invariant($"{100 * known:F1}") : null;
}
