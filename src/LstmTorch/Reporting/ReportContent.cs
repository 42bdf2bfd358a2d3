using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>A picture of the report.</summary>
/// <param name="Caption">What it shows, in one line; also read aloud in its place.</param>
/// <param name="Png">The picture, a PNG file.</param>
/// <param name="DarkPng">The same for readers who prefer dark pages; null to show the first to all.</param>
public sealed record ReportPicture(string Caption, byte[] Png, byte[]? DarkPng = null);

/// <summary>A named value of the report: an option, a fact or the version of a component.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value, as it is to be shown.</param>
public sealed record ReportEntry(string Name, string Value);

/// <summary>All that the report of a run shows.</summary>
public sealed record ReportContent
{
    /// <summary>The name of the run: the title of the report.</summary>
    public required string Title { get; init; }

    /// <summary>The metrics of all parts, and with them horizon, device, epochs and the like.</summary>
    public required RunMetrics Metrics { get; init; }

    /// <summary>The name of the data file.</summary>
    public required string DataFile { get; init; }

    /// <summary>The SHA-256 of the data file, in hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The input columns, in the order of the model's inputs.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>What the model takes from each window.</summary>
    /// <value>Nothing.</value>
    public WindowNormalization Normalize { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public required long Seed { get; init; }

    /// <summary>The command that repeats the run.</summary>
    public required string Command { get; init; }

    /// <summary>The options of the run.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ReportEntry> Options { get; init; } = [];

    /// <summary>The versions of the program and of what it ran on.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ReportEntry> Versions { get; init; } = [];

    /// <summary>The pictures, in the order of the page.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ReportPicture> Pictures { get; init; } = [];

    /// <summary>What the pictures do not show; null where they show everything.</summary>
    /// <value>Null.</value>
    public string? PicturesNote { get; init; }

    /// <summary>The pictures of the training.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ReportPicture> TrainingPictures { get; init; } = [];

    /// <summary>What the forecasts of the test part show, chapter by chapter.</summary>
    /// <value>None.</value>
    internal IReadOnlyList<ReportSection> Analysis { get; init; } = [];

    /// <summary>What the data is.</summary>
    /// <value>Left out.</value>
    internal ReportSection? Data { get; init; }
}
