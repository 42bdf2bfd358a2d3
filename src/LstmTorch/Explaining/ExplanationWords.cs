using System.Globalization;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Explaining;

/// <summary>What was explained and how far it can be trusted, in words: the same on a terminal and in a page.</summary>
public static class ExplanationWords
{
    /// <summary>Which windows.</summary>
    public static string Windows(Explanation explanation)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        string series = explanation.Series is { } id ? $" of series {id}" : string.Empty;
        return explanation.Part is not { } part ? $"one{series}, origin {explanation.From}"
            : string.Create(CultureInfo.InvariantCulture, $"{explanation.Windows} of {(part == ExplainedPart.All ? "all the data" : $"the {Choices.Name(part)} part")}{series}, origins {explanation.From} to {explanation.To}");
    }

    /// <summary>What is explained of the horizon.</summary>
    public static string Step(Explanation explanation, ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        ArgumentNullException.ThrowIfNull(config);
        string what = config.Distribution == OutputDistribution.Point ? "forecast" : "median";
        return explanation.Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"{what}, step {step} of {config.Horizon}")
            : config.Horizon == 1 ? what
            : string.Create(CultureInfo.InvariantCulture, $"{what}, mean over {config.Horizon} steps");
    }

    /// <summary>What forecasts are held against.</summary>
    public static string Baseline(Explanation explanation)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        return explanation.Baseline == AttributionBaseline.Last
            ? "the row of the origin in every row"
            : $"the mean of {(explanation.OfTraining ? "the training rows" : "all rows of this data")} in every row";
    }

    /// <summary>Whether the attributions of a target add up.</summary>
    public static string Sum(TargetExplanation target, int windows)
    {
        ArgumentNullException.ThrowIfNull(target);
        Completeness sum = target.Completeness;
        string missed = string.Create(CultureInfo.InvariantCulture, $"{sum.Error:G3}{(sum.Share is { } share ? $" ({100 * share:G2} %)" : string.Empty)}");
        string words = windows == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{target.Target}: forecast {target.Forecast:G5}, baseline {target.BaselineForecast:G5}; the contributions miss the difference by {missed}.")
            : string.Create(CultureInfo.InvariantCulture, $"{target.Target}: forecasts differ from the baseline's by {sum.Difference:G4} on average; the attributions miss that by {missed}.");
        return sum.Holds ? words : $"{words} More --points make them add up better.";
    }
}
