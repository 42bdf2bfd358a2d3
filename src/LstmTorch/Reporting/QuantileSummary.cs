using System.Globalization;
using LstmTorch.Forecasting;

namespace LstmTorch.Reporting;

/// <summary>How quantiles fared, in a sentence for the terminal and the report.</summary>
public static class QuantileSummary
{
    // More would not fit a line; --json and the plot have them all.
    private const int MostShown = 5;

    /// <summary>The sentence.</summary>
    public static string Of(QuantileMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        IReadOnlyList<QuantileResult> each = metrics.Each;
        QuantileResult[] shown = each.Count <= MostShown
            ? [.. each]
            : [.. Enumerable.Range(0, MostShown).Select(n => each[(int)Math.Round((each.Count - 1) * n / (MostShown - 1.0))])];
        string quantiles = string.Join(", ", shown.Select(quantile => Text($"{quantile.Share:0.####}")));
        string observed = string.Join(", ", shown.Select(quantile => Text($"{100 * quantile.Observed:F1}")));
        string weighted = metrics.Wql is { } wql ? Text($", WQL {wql:G4}") : string.Empty;
        return Text($"{(each.Count > shown.Length ? "of the " + each.Count + " quantiles, " : "quantiles ")}{quantiles} hold {observed} % of the values below them; CRPS {metrics.Crps:G4}, pinball loss {metrics.Pinball:G4}{weighted}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
