using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Explaining;

/// <summary>Which windows of some data are explained.</summary>
public sealed record WindowChoice
{
    /// <summary>The part that they are taken from.</summary>
    /// <value>None: the test part, or all of data that the model was not trained on.</value>
    public ExplainedPart? Part { get; init; }

    /// <summary>The series that they are taken from.</summary>
    /// <value>None: all.</value>
    public string? Series { get; init; }

    /// <summary>The origin of the one window that is explained, as the time column writes it; its horizon may lie beyond the last row.</summary>
    /// <value>None.</value>
    public string? Origin { get; init; }

    /// <summary>At most so many windows, at even distances.</summary>
    /// <value>256; at least 1.</value>
    public int Most { get; init; } = 256;

    /// <summary>Finds the windows.</summary>
    /// <param name="set">The data.</param>
    /// <param name="config">The model's description.</param>
    /// <param name="splits">The parts of the data that the model was trained on; null for other data.</param>
    /// <exception cref="LstmTorchException">There is no such window; the message says what there is.</exception>
    public IReadOnlyList<Window> Of(TimeSeriesSet set, ForecasterConfig config, IReadOnlyList<ChronologicalSplit>? splits)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        if (Most < 1)
            throw new LstmTorchException(ErrorKind.Usage, $"--windows is {Most}; it must be at least 1");
        int[] series = [.. Enumerable.Range(0, set.Series.Count).Where(s => Series is null || set.Series[s].Id == Series)];
        if (series.Length == 0)
            throw new LstmTorchException(ErrorKind.Usage, $"--series '{Series}': {set.SourceName} has no such series; {Known(set, Series!)}");
        if (Origin is null)
            return Evenly(OfPart(set, config, splits, series));
        if (Part is not null)
            throw new LstmTorchException(ErrorKind.Usage, "--origin names one window; leave --part out");
        return [AtOrigin(set, config, series)];
    }

    private static string Known(TimeSeriesSet set, string wanted)
    {
        if (set.Series is [{ Id: "" }])
            return "it is one series; leave --series out";
        string[] ids = [.. set.Series.Select(series => series.Id)];
        return NearestNames.Nearest(wanted, ids) ?? $"there are {NearestNames.List(ids)}";
    }

    /// <summary>The part that windows are taken from.</summary>
    internal ExplainedPart PartOf(IReadOnlyList<ChronologicalSplit>? splits) => Part ?? (splits is null ? ExplainedPart.All : ExplainedPart.Test);

    private List<Window> OfPart(TimeSeriesSet set, ForecasterConfig config, IReadOnlyList<ChronologicalSplit>? splits, int[] series)
    {
        if (splits is null && Part is not (null or ExplainedPart.All))
            throw new LstmTorchException(ErrorKind.Usage, $"--part {Choices.Name(Part.Value)}: {set.SourceName} is not the data that the model was trained on, and has no parts; leave --part out");
        ExplainedPart part = PartOf(splits);
        WindowIndex index = part == ExplainedPart.All
            ? WindowIndex.Of(set, [.. set.Series.Select(one => ChronologicalSplit.Whole(one.Length))], Data.Part.Train, config.ContextLength, config.Horizon)
            : WindowIndex.Of(set, splits!, Enum.Parse<Part>(part.ToString()), config.ContextLength, config.Horizon);
        List<Window> windows = [.. Enumerable.Range(0, index.Count).Select(n => index[n]).Where(window => series.Contains(window.Series))];
        return windows.Count > 0
            ? windows
            : throw new LstmTorchException(
                ErrorKind.BadData,
                $"{set.SourceName}: {(part == ExplainedPart.All ? "no window" : $"no window of the {Choices.Name(part)} part")}{(Series is null ? string.Empty : $" of series '{Series}'")} is whole; one of this model needs {config.ContextLength + config.Horizon} rows");
    }

    /// <summary>The middle one of each of as many equal stretches.</summary>
    private List<Window> Evenly(List<Window> all) =>
        all.Count <= Most ? all : [.. Enumerable.Range(0, Most).Select(n => all[(int)(((2L * n) + 1) * all.Count / (2L * Most))])];

    private Window AtOrigin(TimeSeriesSet set, ForecasterConfig config, int[] series)
    {
        var found = series.SelectMany(s => Enumerable.Range(0, set.Series[s].Length).Where(row => set.Series[s].Time.Format(row) == Origin).Select(row => new Window(s, row))).ToList();
        TimeSeries first = set.Series[found.Count > 0 ? found[0].Series : series[0]];
        if (found.Count == 0)
            throw new LstmTorchException(ErrorKind.Usage, $"--origin {Origin}: {set.SourceName} has no such row; its rows go from {first.Time.Format(0)} to {first.Time.Format(first.Length - 1)}");
        if (found.Count > 1)
            throw new LstmTorchException(ErrorKind.Usage, $"--origin {Origin}: {found.Count} series have this row; name one with --series, such as '{first.Id}'");
        if (found[0].Origin < config.ContextLength - 1)
        {
            string firstOrigin = first.Length < config.ContextLength ? "its series is shorter" : $"the first origin is {first.Time.Format(config.ContextLength - 1)}";
            throw new LstmTorchException(ErrorKind.Usage, $"--origin {Origin}: the model looks back on {config.ContextLength} rows, and up to this one there {(found[0].Origin == 0 ? "is" : "are")} {found[0].Origin + 1}; {firstOrigin}");
        }

        return found[0];
    }
}
