using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LstmTorch.Backtesting;
using LstmTorch.Data;
using LstmTorch.Reporting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Persistence;

/// <summary>The folder of a backtest: backtest.json (options and the metrics of each fold), predictions.csv and report.html.</summary>
/// <param name="path">The folder.</param>
public sealed class BacktestDirectory(string path)
{
    /// <summary>The version of backtest.json.</summary>
    public const int FormatVersion = 1;

    /// <summary>backtest.json.</summary>
    public string Results => System.IO.Path.Combine(path, "backtest.json");

    /// <summary>report.html.</summary>
    public string Report => System.IO.Path.Combine(path, "report.html");

    /// <summary>predictions.csv.</summary>
    public string Predictions => System.IO.Path.Combine(path, "predictions.csv");

    /// <summary>Finds out, before any work, whether results may be written here.</summary>
    /// <param name="overwrite">What a former backtest left may be replaced.</param>
    /// <exception cref="LstmTorchException">They may not.</exception>
    public void Prepare(bool overwrite)
    {
        if (!overwrite && File.Exists(Results))
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{path}: a backtest is here already; --overwrite replaces it, --out names another folder");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{path}: cannot be written to: {error.Message}", error);
        }
    }

    /// <summary>Writes all files.</summary>
    public void Write(TimeSeriesSet set, RunOptions model, BacktestOptions options, BacktestResult result)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(result);
        AtomicFile.WriteText(Results, Serialize(set, model, options, result));
        PredictionInterval[] intervals = [.. model.Intervals.Select(coverage => new PredictionInterval(coverage, []))];
        AtomicFile.Write(Predictions, stream => PredictionsCsv.Write(stream, result.Predictions, intervals, model.ForecastQuantiles));
        AtomicFile.WriteText(Report, BacktestReport.Render(set, model, options, result, model.Seasonality ?? set.Series[0].Time.DefaultSeasonality));
    }

    /// <summary>backtest.json: the data, the options, each fold and all together.</summary>
    public static string Serialize(TimeSeriesSet set, RunOptions model, BacktestOptions options, BacktestResult result)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(result);
        return new JsonObject
        {
            ["format_version"] = FormatVersion,
            ["file"] = set.SourceName,
            ["sha256"] = set.Sha256,
            ["backtest"] = JsonSerializer.SerializeToNode(options, RunConfig.Json),
            ["model"] = model.ToJson(),
            ["folds"] = JsonSerializer.SerializeToNode(result.Folds, RunConfig.Json),
            ["all"] = JsonSerializer.SerializeToNode(result.All, RunConfig.Json),
        }.ToJsonString(RunConfig.Json) + "\n";
    }

    /// <summary>Where a backtest goes that names no folder.</summary>
    public static string Default(string? data) =>
        System.IO.Path.Combine("checkpoints", string.Create(CultureInfo.InvariantCulture, $"{(data is null ? SampleData.Name : CsvSeriesReader.NameOf(data))}-backtest"));
}
