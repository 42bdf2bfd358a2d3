using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Backtesting;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Reporting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Persistence;

/// <summary>
/// The folder of a backtest: options.json as soon as it begins, folds/ with each fold's model and forecasts as they come, and at the
/// end backtest.json (options and the metrics of each fold), predictions.csv and report.html.
/// </summary>
/// <param name="path">The folder.</param>
public sealed class BacktestDirectory(string path)
{
    /// <summary>The version of backtest.json and options.json.</summary>
    public const int FormatVersion = 1;

    /// <summary>What may differ when a backtest goes on: where things lie, and that it does.</summary>
    private static readonly string[] s_free = ["data", "out", "resume", "overwrite"];

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>backtest.json.</summary>
    public string Results => System.IO.Path.Combine(Path, "backtest.json");

    /// <summary>report.html.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>predictions.csv.</summary>
    public string Predictions => System.IO.Path.Combine(Path, "predictions.csv");

    /// <summary>True if a backtest was begun here.</summary>
    public bool HoldsBacktest => File.Exists(Options) || File.Exists(Results);

    private string Options => System.IO.Path.Combine(Path, "options.json");

    private string Folds => System.IO.Path.Combine(Path, "folds");

    /// <summary>Finds out, before any work, whether results may be written here, and locks the folder for them.</summary>
    /// <param name="resume">The backtest that is here shall go on.</param>
    /// <param name="overwrite">What a former backtest left may be replaced.</param>
    /// <returns>The lock; to be disposed of when the backtest ends.</returns>
    /// <exception cref="LstmTorchException">They may not, or another one is under way here; nothing has been changed.</exception>
    public RunLock Prepare(bool resume, bool overwrite)
    {
        if (resume && !HoldsBacktest)
            throw new LstmTorchException(ErrorKind.NotFound, $"{Path}: there is no backtest to resume; leave --resume out to start one");
        if (!resume && !overwrite && HoldsBacktest)
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: a backtest is here already; --overwrite replaces it, --resume goes on with it, --out names another folder");
        try
        {
            Directory.CreateDirectory(Folds);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: cannot be written to: {error.Message}", error);
        }

        RunLock taken = RunLock.Take(Path);
        AtomicFile.RemoveLeftovers(Path);
        AtomicFile.RemoveLeftovers(Folds);
        return taken;
    }

    /// <summary>Writes what the backtest is, or finds that the one that goes on is the same.</summary>
    /// <param name="set">The data.</param>
    /// <param name="model">The model's options, without anything that is left to the data.</param>
    /// <param name="options">The folds.</param>
    /// <param name="resume">Whether it goes on.</param>
    /// <exception cref="LstmTorchException">It is another one: the message names the first difference.</exception>
    public void Begin(TimeSeriesSet set, RunOptions model, BacktestOptions options, bool resume)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(model);
        JsonObject now = Described(set, model, options);
        if (resume && File.Exists(Options))
        {
            CheckSame(now);
            return;
        }

        foreach (string file in Directory.EnumerateFiles(Folds).Concat([Results, Predictions, Report]))
            File.Delete(file);
        AtomicFile.WriteText(Options, now.ToJsonString(RunConfig.Json) + "\n");
    }

    /// <summary>The model of a fold, if it was trained before.</summary>
    /// <param name="fold">The fold, from 1.</param>
    /// <exception cref="LstmTorchException">Its file is damaged.</exception>
    public ModelFile? Find(int fold) => File.Exists(ModelOf(fold)) ? ModelFile.Read(ModelOf(fold)) : null;

    /// <summary>Writes the model of a fold.</summary>
    /// <param name="fold">The fold, from 1.</param>
    /// <param name="model">The model.</param>
    public void WriteModel(int fold, ModelFile model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelFile.Write(ModelOf(fold), model.Config, model.Tensors);
    }

    /// <summary>Writes the forecasts of a fold.</summary>
    /// <param name="fold">The fold, from 1.</param>
    /// <param name="rows">The forecasts.</param>
    /// <param name="model">The model's options.</param>
    public void WriteFold(int fold, IReadOnlyList<PredictionRow> rows, RunOptions model)
    {
        ArgumentNullException.ThrowIfNull(model);
        AtomicFile.Write(Of(fold, "csv"), stream => PredictionsCsv.Write(stream, rows, Intervals(model), model.ForecastQuantiles));
    }

    /// <summary>Writes the results of all folds.</summary>
    public void Write(TimeSeriesSet set, RunOptions model, BacktestOptions options, BacktestResult result)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(result);
        AtomicFile.WriteText(Results, Serialize(set, model, options, result));
        AtomicFile.Write(Predictions, stream => PredictionsCsv.Write(stream, result.Predictions, Intervals(model), model.ForecastQuantiles));
        AtomicFile.WriteText(Report, BacktestReport.Render(set, model, options, result, result.Seasonality));
    }

    /// <summary>backtest.json: the data, the options, each fold and all together.</summary>
    public static string Serialize(TimeSeriesSet set, RunOptions model, BacktestOptions options, BacktestResult result)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(result);
        JsonObject json = Described(set, model, options);
        json["folds"] = JsonSerializer.SerializeToNode(result.Folds, RunConfig.Json);
        json["all"] = JsonSerializer.SerializeToNode(result.All, RunConfig.Json);
        return json.ToJsonString(RunConfig.Json) + "\n";
    }

    /// <summary>Where a backtest goes that names no folder.</summary>
    public static string Default(string? data) => RunDirectory.DefaultOf(data, "backtest");

    private static JsonObject Described(TimeSeriesSet set, RunOptions model, BacktestOptions options) => new()
    {
        ["format_version"] = FormatVersion,
        ["file"] = set.SourceName,
        ["sha256"] = set.Sha256,
        ["backtest"] = JsonSerializer.SerializeToNode(options, RunConfig.Json),
        ["model"] = (model with { Resume = false, Overwrite = false }).ToJson(),
    };

    private static PredictionInterval[] Intervals(RunOptions model) => [.. model.Intervals.Select(coverage => new PredictionInterval(coverage, []))];

    private string ModelOf(int fold) => Of(fold, "safetensors");

    private string Of(int fold, string extension) => System.IO.Path.Combine(Folds, string.Create(CultureInfo.InvariantCulture, $"fold-{fold}.{extension}"));

    private void CheckSame(JsonObject now)
    {
        JsonObject then = ReadOptions();
        if (!JsonNode.DeepEquals(then["sha256"], now["sha256"]))
            throw new LstmTorchException(ErrorKind.BadData, $"{(string?)now["file"]}: not the data that the backtest in {Path} was begun with ({(string?)then["file"]}); --overwrite starts anew");
        foreach (string part in new[] { "backtest", "model" })
        {
            foreach (var (name, value) in now[part]!.AsObject().Where(entry => !s_free.Contains(entry.Key)))
            {
                if (!JsonNode.DeepEquals(then[part]?[name], value))
                    throw new LstmTorchException(ErrorKind.Usage, $"{Path}: the backtest was begun with {RunOptions.Shown(name, then[part]?[name])}, not {RunOptions.Shown(name, value)}; use the same options to resume, or --overwrite to start anew");
            }
        }
    }

    private JsonObject ReadOptions()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Options)) as JsonObject ?? throw new JsonException();
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{Options}: not what a backtest writes; --overwrite starts anew", error);
        }
    }
}
