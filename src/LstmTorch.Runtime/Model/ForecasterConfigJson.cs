using System.Text.Json;
using System.Text.Json.Serialization;

namespace LstmTorch.Runtime.Model;

/// <summary>The configuration of a model as JSON: names in snake_case, every field written, nothing unknown read.</summary>
public static class ForecasterConfigJson
{
    /// <summary>The JSON text, the same for the same configuration.</summary>
    public static string Serialize(ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return JsonSerializer.Serialize(Document.Of(config), ConfigJsonContext.Default.Document);
    }

    /// <summary>Reads the JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">It is no configuration, of another version, or out of range.</exception>
    public static ForecasterConfig Deserialize(string json, string where)
    {
        try
        {
            Document document = JsonSerializer.Deserialize(json, ConfigJsonContext.Default.Document) ?? throw new JsonException("it is null");
            if (document.FormatVersion != ForecasterConfig.CurrentFormatVersion)
            {
                throw new LstmTorchException(
                    ErrorKind.Damaged,
                    $"{where}: configuration format {document.FormatVersion}, this program reads {ForecasterConfig.CurrentFormatVersion}; another version wrote it");
            }

            ForecasterConfig config = document.ToConfig();
            config.Validate();
            return config;
        }
        catch (JsonException error)
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: the configuration cannot be read: {error.Message}", error);
        }
        catch (LstmTorchException error) when (error.Kind == ErrorKind.Usage)
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: the configuration is out of range: {error.Message}", error);
        }
    }

    /// <summary>The fields as they are written. Words instead of enums, so that the file's words do not follow C# names.</summary>
    internal sealed record Document(
        int FormatVersion,
        IReadOnlyList<string> Inputs,
        IReadOnlyList<string> Targets,
        int ContextLength,
        int Horizon,
        IReadOnlyList<int> HiddenSizes,
        double Dropout,
        string Peephole,
        string Connections,
        string Scaler,
        IReadOnlyList<ColumnScaler> InputScalers,
        IReadOnlyList<ColumnScaler> TargetScalers,
        string? TimeColumn,
        string? SeriesIdColumn,
        int Seasonality,
        string Missing,
        string Normalize = "none",
        int PatchLength = 1,
        bool Highway = false,

        // Not nullable: null is no list where a file has it. A file from before them has none, and default values cannot say [].
        IReadOnlyList<PredictionInterval> Intervals = null!,
        IReadOnlyList<double> SmallestChanges = null!,
        int Members = 1,
        IReadOnlyList<string> Calendar = null!,
        IReadOnlyList<string> NormalizeExcept = null!,
        string DropoutKind = "standard",
        double RecurrentDropout = 0,
        string Strategy = "direct",
        IReadOnlyList<SeriesScale> SeriesScales = null!,
        string Distribution = "point",
        IReadOnlyList<double> Quantiles = null!,
        double IntervalRate = 0,
        IReadOnlyList<CategoricalColumn> Categories = null!,
        IReadOnlyList<string> FutureCovariates = null!,
        IReadOnlyList<string> SeriesColumns = null!,
        string? TimeStep = null,
        bool InsertRows = false)
    {
        private static readonly (PeepholeKind, string)[] s_peepholes =
            [(PeepholeKind.None, "none"), (PeepholeKind.Diagonal, "diagonal"), (PeepholeKind.Full, "full")];

        private static readonly (ScalerKind, string)[] s_scalers =
            [(ScalerKind.None, "none"), (ScalerKind.MinMax, "minmax"), (ScalerKind.Standard, "standard")];

        private static readonly (MissingValues, string)[] s_missing =
        [
            (MissingValues.Error, "error"), (MissingValues.Interpolate, "interpolate"),
            (MissingValues.ForwardFill, "forward-fill"), (MissingValues.Drop, "drop"),
        ];

        private static readonly (WindowNormalization, string)[] s_normalizations =
        [
            (WindowNormalization.None, "none"), (WindowNormalization.Last, "last"),
            (WindowNormalization.Mean, "mean"), (WindowNormalization.Revin, "revin"),
            (WindowNormalization.Difference, "difference"),
        ];

        private static readonly (CalendarFeature, string)[] s_calendar = [.. Enum.GetValues<CalendarFeature>().Select(feature => (feature, CalendarFeatures.Name(feature)))];

        private static readonly (DropoutKind, string)[] s_dropoutKinds =
            [(Model.DropoutKind.Standard, "standard"), (Model.DropoutKind.Variational, "variational")];

        private static readonly (ForecastStrategy, string)[] s_strategies =
            [(ForecastStrategy.Direct, "direct"), (ForecastStrategy.Recursive, "recursive")];

        private static readonly (OutputDistribution, string)[] s_distributions =
        [
            (OutputDistribution.Point, "point"), (OutputDistribution.Quantiles, "quantiles"),
            (OutputDistribution.Gaussian, "gaussian"), (OutputDistribution.StudentT, "student-t"),
        ];

        public static Document Of(ForecasterConfig config) => new(
            ForecasterConfig.CurrentFormatVersion,
            config.Inputs,
            config.Targets,
            config.ContextLength,
            config.Horizon,
            config.HiddenSizes,
            config.Dropout,
            Word(s_peepholes, config.Peephole),
            Model.Peephole.Format(config.Connections),
            Word(s_scalers, config.Scaler),
            config.InputScalers,
            config.TargetScalers,
            config.TimeColumn,
            config.SeriesIdColumn,
            config.Seasonality,
            Word(s_missing, config.Missing),
            Word(s_normalizations, config.Normalize),
            config.PatchLength,
            config.Highway,
            config.Intervals,
            config.SmallestChanges,
            config.Members,
            [.. config.Calendar.Select(CalendarFeatures.Name)],
            config.NormalizeExcept,
            Word(s_dropoutKinds, config.DropoutKind),
            config.RecurrentDropout,
            Word(s_strategies, config.Strategy),
            config.SeriesScales,
            Word(s_distributions, config.Distribution),
            config.Quantiles,
            config.IntervalRate,
            config.Categories,
            config.FutureCovariates,
            config.SeriesColumns,
            config.TimeStep,
            config.InsertRows);

        public ForecasterConfig ToConfig() => new()
        {
            Inputs = Inputs,
            Targets = Targets,
            ContextLength = ContextLength,
            Horizon = Horizon,
            HiddenSizes = HiddenSizes,
            Dropout = Dropout,
            Peephole = Value(s_peepholes, Peephole, "peephole"),
            Connections = Model.Peephole.ParseConnections(Connections),
            Scaler = Value(s_scalers, Scaler, "scaler"),
            InputScalers = InputScalers,
            TargetScalers = TargetScalers,
            TimeColumn = TimeColumn,
            SeriesIdColumn = SeriesIdColumn,
            Seasonality = Seasonality,
            Missing = Value(s_missing, Missing, "missing"),
            Normalize = Value(s_normalizations, Normalize, "normalize"),
            PatchLength = PatchLength,
            Highway = Highway,
            Intervals = Intervals ?? [],
            SmallestChanges = SmallestChanges ?? [],
            Members = Members,
            Calendar = [.. (Calendar ?? []).Select(word => Value(s_calendar, word, "calendar"))],
            NormalizeExcept = NormalizeExcept ?? [],
            DropoutKind = Value(s_dropoutKinds, DropoutKind, "dropout_kind"),
            RecurrentDropout = RecurrentDropout,
            Strategy = Value(s_strategies, Strategy, "strategy"),
            SeriesScales = SeriesScales ?? [],
            Distribution = Value(s_distributions, Distribution, "distribution"),
            Quantiles = Quantiles ?? [],
            IntervalRate = IntervalRate,
            Categories = Categories ?? [],
            FutureCovariates = FutureCovariates ?? [],
            SeriesColumns = SeriesColumns ?? [],
            TimeStep = TimeStep,
            InsertRows = InsertRows,
        };

        private static string Word<T>((T Value, string Word)[] words, T value)
            where T : struct, Enum => words.First(entry => entry.Value.Equals(value)).Word;

        private static T Value<T>((T Value, string Word)[] words, string word, string key)
            where T : struct, Enum
        {
            foreach (var entry in words)
            {
                if (entry.Word == word)
                    return entry.Value;
            }

            throw new JsonException($"{key} is '{word}', expected one of {string.Join(", ", words.Select(entry => entry.Word))}");
        }
    }
}

/// <summary>Serialization code made at build time, so that trimmed and native programs have it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(ForecasterConfigJson.Document))]
internal sealed partial class ConfigJsonContext : JsonSerializerContext;
