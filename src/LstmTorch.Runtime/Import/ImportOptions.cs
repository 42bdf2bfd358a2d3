using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Import;

/// <summary>What a foreign file does not say of a model. What is null is taken from the file where that says it, and else a default.</summary>
public sealed record ImportOptions
{
    /// <summary>The names of the input columns.</summary>
    /// <value>The file's; else x1, x2, ….</value>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>The names of the target columns.</summary>
    /// <value>The file's; else y.</value>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>How many past steps the model sees.</summary>
    /// <value>The file's; else 30.</value>
    public int? ContextLength { get; init; }

    /// <summary>How the inputs were scaled.</summary>
    /// <value>The file's; else not at all.</value>
    public IReadOnlyList<ColumnScaler>? InputScalers { get; init; }

    /// <summary>How the targets were scaled.</summary>
    /// <value>The file's; else not at all.</value>
    public IReadOnlyList<ColumnScaler>? TargetScalers { get; init; }

    /// <summary>The linear map from the last hidden state to the forecasts, by step, then target, for a file that holds only the layers.</summary>
    /// <value>The file's; a file that has none is refused without this.</value>
    public ImportedHead? Head { get; init; }

    /// <summary>Whether, in a file without a head, the last hidden state is the forecast.</summary>
    /// <value>No.</value>
    public bool HiddenStateIsForecast { get; init; }
}
