using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LstmTorch.Backtesting;
using LstmTorch.Benchmarking;
using LstmTorch.Data;
using LstmTorch.Explaining;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Recurrent;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using LstmTorch.Sweeping;

namespace LstmTorch.Persistence;

/// <summary>What the data of a run was.</summary>
/// <param name="File">The file as it was named, or the sample's name.</param>
/// <param name="Sha256">Of the file, in lower-case hexadecimal.</param>
/// <param name="Rows">Rows of all series.</param>
/// <param name="TimeColumn">The time column, or null.</param>
/// <param name="Series">The series in their order, with the row borders of their parts.</param>
public sealed record RunData(string File, string Sha256, int Rows, string? TimeColumn, IReadOnlyList<SeriesBorders> Series);

/// <summary>The row borders of one series: training rows are [0, TrainEnd), validation [TrainEnd, ValidationEnd), test [ValidationEnd, End).</summary>
/// <param name="Id">The series' id; empty for one series.</param>
/// <param name="TrainEnd">The row after the last training row.</param>
/// <param name="ValidationEnd">The row after the last validation row.</param>
/// <param name="End">The number of rows.</param>
/// <param name="TestFrom">The first test row, as the time column writes it.</param>
public sealed record SeriesBorders(string Id, int TrainEnd, int ValidationEnd, int End, string TestFrom);

/// <summary>config.json: everything needed to repeat a run.</summary>
/// <param name="FormatVersion">The version of the file.</param>
/// <param name="Model">The model's description, as the model file holds it.</param>
/// <param name="Data">The data.</param>
/// <param name="Options">The options of the run.</param>
/// <param name="Versions">Of the program and of what it ran on.</param>
public sealed record RunConfig(
    int FormatVersion, JsonObject Model, RunData Data, RunOptions Options, IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>The version that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>How options and runs are written as JSON: snake_case names, kebab-case choices.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        Converters =
        {
            new ChoiceConverter<DropoutKind>(),
            new ChoiceConverter<ForecastStrategy>(),
            new ChoiceConverter<PeepholeKind>(),
            new ChoiceConverter<PeepholeSteps>(),
            new ChoiceConverter<ScalerKind>(),
            new ChoiceConverter<MissingValues>(),
            new ChoiceConverter<WindowNormalization>(),
            new ChoiceConverter<TargetTransform>(),
            new ChoiceConverter<TrainingWindow>(),
            new ChoiceConverter<ForecastLoss>(),
            new ChoiceConverter<LearningRateSchedule>(),
            new ChoiceConverter<NonfiniteAction>(),
            new ChoiceConverter<BenchmarkPass>(),
            new ChoiceConverter<MatrixPrecision>(),
            new ChoiceConverter<SweepObjective>(),
            new ChoiceConverter<TrialState>(),
            new ChoiceConverter<Baseline>(),
            new ChoiceConverter<ExplainedPart>(),
            new ChoiceConverter<AttributionBaseline>(),
        },
    };

    /// <summary>Describes a run.</summary>
    public static RunConfig Of(
        ForecasterConfig model, TimeSeriesSet set, IReadOnlyList<ChronologicalSplit> splits, RunOptions options, IReadOnlyDictionary<string, string> versions)
    {
        ArgumentNullException.ThrowIfNull(set);
        var borders = set.Series.Zip(splits, (series, split) => new SeriesBorders(
            series.Id,
            split.TrainEnd,
            split.ValidationEnd,
            split.End,
            split.ValidationEnd < split.End ? series.Time.Format(split.ValidationEnd) : string.Empty));
        return new RunConfig(
            CurrentFormatVersion,
            JsonNode.Parse(ForecasterConfigJson.Serialize(model))!.AsObject(),
            new RunData(set.SourceName, set.Sha256, set.Rows, set.TimeColumn, [.. borders]),
            options,
            versions);
    }

    /// <summary>The parts of the run's own data; null for other data.</summary>
    /// <param name="set">The data, as it was read for the run's model.</param>
    public IReadOnlyList<ChronologicalSplit>? SplitsOf(TimeSeriesSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Sha256 == Data.Sha256 ? [.. Data.Series.Select(series => new ChronologicalSplit(series.TrainEnd, series.ValidationEnd, series.End))] : null;
    }

    /// <summary>The file's text.</summary>
    public string Serialize() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>Reads config.json.</summary>
    /// <exception cref="LstmTorchException">The file is missing, damaged, or of a newer version.</exception>
    public static RunConfig Read(string path)
    {
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            RunConfig config = JsonSerializer.Deserialize<RunConfig>(File.ReadAllText(path), Json) ?? throw new JsonException("it is null");
            return config.FormatVersion == CurrentFormatVersion
                ? config
                : throw new LstmTorchException(ErrorKind.Damaged, $"{path}: format version {config.FormatVersion}, this program reads {CurrentFormatVersion}");
        }
        catch (JsonException error)
        {
            // The reader's own words name types of this program; where it cannot go on is what a person needs.
            string line = error.LineNumber is { } number ? $", line {number + 1}" : string.Empty;
            string key = error.Path is { Length: > 1 } place ? $" at {place.TrimStart('$', '.')}" : string.Empty;
            throw new LstmTorchException(
                ErrorKind.Damaged, $"{path}{line}: not what a training writes{key}; bring the file back, or name the model.safetensors beside it and a CSV file", error);
        }
        catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // A property that stands twice in the model is an ArgumentException of JsonObject's own.
            throw new LstmTorchException(ErrorKind.Damaged, $"{path}: cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
