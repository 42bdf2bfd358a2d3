using System.Globalization;
using LstmTorch.Explaining;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>What the forecasts of one target rest on: the inputs, and the steps of their past.</summary>
internal static class AttributionSection
{
    /// <summary>More columns would be thinner than a line.</summary>
    private const int MostColumns = 96;

    /// <summary>The chapters of one target.</summary>
    public static IEnumerable<ReportSection> Of(ForecasterConfig config, Explanation explanation, TargetExplanation target)
    {
        // What can be read from a figure is said once.
        bool isFirst = ReferenceEquals(target, explanation.Targets[0]);
        string of = config.Targets.Count > 1 ? $" of {target.Target}" : string.Empty;
        yield return new ReportSection($"Inputs{of}", Inputs(explanation, target, isFirst));
        if (target.Mae is { } mae)
            yield return new ReportSection($"Shuffled inputs{of}", Shuffled(target, mae, isFirst));
    }

    private static Html Inputs(Explanation explanation, TargetExplanation target, bool isFirst)
    {
        bool isOne = explanation.Windows == 1;
        string what = isOne
            ? "The bar is what the input adds to this forecast, all its steps together, in units of the target: the baseline's forecast and all bars make the forecast. The attribution is the sum of the sizes of what its steps add, whatever their signs."
            : "The bar is the mean size of what the input's values add to a forecast, in units of the target, summed over its steps. The contribution has the signs too: what rises and what lowers the forecast cancel in it.";
        return Html.Of($"""
            {(isFirst ? Html.Of($"<p>{what} It comes from gradients along the straight way from the baseline to the window: it says what this model does with an input, not what causes what.</p>") : Html.Empty)}
            {BarTable.Of(
                ["Input", isOne ? "Contribution" : "Attribution", "", isOne ? "Attribution" : "Contribution", "Share"],
                [.. target.Inputs.Select(input => (input.Input, isOne ? input.Contribution : input.Attribution, 0.0, (IReadOnlyList<string>)[
                    MetricsTable.Format(isOne ? input.Contribution : input.Attribution),
                    MetricsTable.Format(isOne ? input.Attribution : input.Contribution),
                    input.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %") : "–"]))])}
            {Map(explanation, target)}
            """);
    }

    private static Html Map(Explanation explanation, TargetExplanation target)
    {
        int context = target.Inputs[0].Past.Count, ahead = target.Inputs.Max(input => input.Ahead.Count), every = ((context - 1) / MostColumns) + 1;
        int columns = ((context - 1) / every) + 1;

        bool isOne = explanation.Windows == 1;

        // From the oldest step on the left to the newest; what is known in advance stands to the right of the origin.
        (string Label, string Name) Column(int column)
        {
            int first = (columns - 1 - column) * every, last = Math.Min(first + every, context) - 1;
            return ($"{-first}", first == last ? $"{-first}" : $"{-last} to {-first}");
        }

        double[] Cells(InputImportance input)
        {
            IReadOnlyList<double> past = isOne ? input.PastContribution : input.Past, known = isOne ? input.AheadContribution : input.Ahead;
            return
            [
                .. Enumerable.Range(0, columns).Select(column => past.Skip((columns - 1 - column) * every).Take(every).Sum()),
                .. known.Count > 0 ? known : Enumerable.Repeat(double.NaN, ahead),
            ];
        }

        string what = isOne ? "What each value adds to this forecast, in the other colour where it lowers it" : "Mean size of the attribution of each value";
        Html map = HeatMap.Render(
            $"{target.Target}: {(isOne ? "attribution" : "mean size of the attribution")} by input and step",
            [.. Enumerable.Range(0, columns).Select(Column), .. Enumerable.Range(1, ahead).Select(step => ($"+{step}", $"+{step}"))],
            [.. target.Inputs.Select(input => (input.Input, (IReadOnlyList<double>)Cells(input)))],
            value => MetricsTable.Format(value));
        return Html.Of($"""
            <figure class="plot map">{map}<figcaption>{what}; the strongest is the largest, and half as strong is a quarter. The origin is 0,
            the oldest step is on the left{(every > 1 ? $", and each cell is the sum of {every} steps" : "")}{(ahead > 0 ? "; what is known in advance is on the right" : "")}.</figcaption></figure>
            """);
    }

    private static Html Shuffled(TargetExplanation target, double mae, bool isFirst)
    {
        const string reading = "It needs no gradients and is the check beside them: an input that is large above and nothing here moves the forecasts without making them better. Inputs that say the same stand in for each other, so that each alone seems to matter less. The line is one standard deviation over the shuffles.";
        return Html.Of($"""
            <p>How much the mean absolute error of these windows, {MetricsTable.Format(mae)}, rises where each window gets the input of another one. {(isFirst ? reading : "")}</p>
            {BarTable.Of(
                ["Input", "Rise of the error", "", "±"],
                [.. target.Inputs.Select(input => (input.Input, input.Shuffled!.Mean, input.Shuffled.Deviation, (IReadOnlyList<string>)[
                    MetricsTable.Format(input.Shuffled.Mean), MetricsTable.Format(input.Shuffled.Deviation)]))])}
            """);
    }
}
