namespace LstmTorch.Forecasting;

/// <summary>What a run came to, in numbers: the content of <c>metrics.json</c>.</summary>
public sealed record RunMetrics
{
    /// <summary>The version of the file that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The version of the file.</summary>
    /// <value>1.</value>
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>The target columns, in the order of the model's outputs.</summary>
    public required IReadOnlyList<string> Target { get; init; }

    /// <summary>How many steps after the origin were predicted.</summary>
    public required int Horizon { get; init; }

    /// <summary>How many past steps the model saw, the origin included.</summary>
    public required int ContextLength { get; init; }

    /// <summary>The steps of one season, for the seasonal naive forecast and for mase; 1 where there is none.</summary>
    public required int Seasonality { get; init; }

    /// <summary>How many weights the model has.</summary>
    public required long Parameters { get; init; }

    /// <summary>The device that trained: "cpu" or "cuda:0".</summary>
    public required string Device { get; init; }

    /// <summary>The kernel that computed the recurrence: "reference", "cpu" or "cuda".</summary>
    public required string Kernel { get; init; }

    /// <summary>How many epochs were trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epoch whose weights were kept, counted from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>How long training took, in seconds, over all sessions of a resumed run.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>The metrics of each part: "train", "validation" and "test".</summary>
    public required IReadOnlyDictionary<string, PartMetrics> Splits { get; init; }
}
