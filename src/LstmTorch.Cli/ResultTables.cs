using System.Globalization;
using LstmTorch.Benchmarking;
using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Recurrent.Verification;
using LstmTorch.Reporting;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>Results as text for people.</summary>
internal static class ResultTables
{
    /// <summary>More columns than these would not fit a line; <c>info</c> names all.</summary>
    private const int NamesShown = 8;

    /// <summary>What a training run came to: the metrics of each part and where the files are.</summary>
    public static void WriteRun(TextWriter output, RunResult result)
    {
        if (result.Metrics is { } metrics)
        {
            WriteTask(output, result.Config, NamesShown);
            WriteLine(output, "model", string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.Config.Members > 1 ? $"{result.Config.Members} networks, together " : string.Empty)}{metrics.Parameters:N0} weights, {Count(metrics.Epochs, "epoch")} in {metrics.TrainSeconds:F0} s, the best was epoch {metrics.BestEpoch}"));
            output.WriteLine();
            WriteMetrics(output, metrics.Splits, result.Config);
            if (metrics.BestEpoch == metrics.Epochs && metrics.Epochs > 1 && !result.Interrupted)
                output.WriteLine("The last epoch was the best: --resume with more --epochs may lower the errors further.");
        }

        output.WriteLine($"written to {result.Directory.Path}{(result.Metrics is null ? string.Empty : "; report.html shows it all, and lstmtorch predict goes on from there")}");
    }

    /// <summary>The metrics of the model and of the baselines for each part, and the verdict.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="parts">The metrics of each part.</param>
    /// <param name="config">The model's description.</param>
    /// <param name="series">How each series was forecast; null where there is one.</param>
    public static void WriteMetrics(
        TextWriter output, IReadOnlyDictionary<string, PartMetrics> parts, ForecasterConfig config, IReadOnlyList<SeriesMetrics>? series = null)
    {
        WriteForecasts(output, parts, config.Seasonality);
        if ((parts.GetValueOrDefault("test") ?? parts.Values.Last()) is { Quantiles: { } quantiles })
            output.WriteLine(QuantileSummary.Of(quantiles));
        if ((parts.GetValueOrDefault("test") ?? parts.Values.Last()) is { Intervals: { } intervals })
        {
            foreach (IntervalMetrics interval in intervals)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Coverage:0.##} % intervals hold {100 * interval.Observed:F1} % of the values; mean width {interval.Width:G4}"));
        }

        if (config.Targets.Count > 1)
            output.WriteLine($"Errors are over the {config.Targets.Count} targets together, each in its own units.");
        if (parts.Values.All(part => part.Linear is null))
            output.WriteLine("There is no linear baseline: it is fitted to whole training windows of a target that changes, and is not carried to data that the model has not seen.");
        output.WriteLine();
        IReadOnlyList<Verdict> verdicts = Verdict.Of(parts, config.Targets, config.Seasonality);
        foreach (Verdict verdict in verdicts)
            output.WriteLine(verdict.Sentence);
        if (series?.Count(each => each.ToBest is not null) is > 0 and int all)
            output.WriteLine($"Series by series, the model beats the best baseline of each on {series.Count(each => each.ToBest < 1)} of {all}; --json has them all.");
        if (Verdict.Advice(verdicts, config.Normalize) is { } advice)
            output.WriteLine(advice);
    }

    /// <summary>The metrics of the model and of the baselines for each part.</summary>
    public static void WriteForecasts(TextWriter output, IReadOnlyDictionary<string, PartMetrics> parts, int seasonality)
    {
        var table = new TextTable(["part", "forecast", "MAE", "RMSE", "sMAPE %", "MASE", "R2"], wordColumns: 2);
        void Row(string part, string forecast, ForecastMetrics metrics) =>
            table.Add(part, forecast, metrics.Mae, metrics.Rmse, metrics.Smape, metrics.Mase, metrics.R2);
        foreach (var (name, part) in parts)
        {
            Row(name, "model", part.Model);
            foreach (var (baseline, metrics) in part.Together.Baselines(seasonality))
                Row(baseline == Baseline.Naive ? Count(part.Windows, "window") : string.Empty, baseline.Title(seasonality), metrics);
        }

        table.Write(output);
    }

    /// <summary>The outcome of every case, kernel and precision.</summary>
    public static void WriteVerification(TextWriter output, IReadOnlyList<VerificationResult> results)
    {
        var table = new TextTable(["case", "kernel", "precision", "worst quantity", "error", "tolerance", "outcome"], wordColumns: 4);
        foreach (VerificationResult result in results)
        {
            table.Add(
                result.Case,
                result.Kernel,
                result.Precision,
                result.Refusal is { } refusal ? $"not run: {refusal}"
                    : result.Differing is { } differing ? $"{differing} differs from run to run"
                    : result.Worst!.Quantity,
                result.Worst?.Error.ToString("0.0E+00", CultureInfo.InvariantCulture),
                result.Refusal is null ? result.Tolerance.ToString("0E+00", CultureInfo.InvariantCulture) : null,
                result.Refusal is not null ? "-" : result.Passed ? "ok" : "FAILED");
        }

        table.Write(output);
        output.WriteLine();
        int passed = results.Count(result => result.Refusal is null && result.Passed), failed = results.Count(result => !result.Passed);
        output.WriteLine($"{passed} passed, {failed} failed, {results.Count - passed - failed} not run");
    }

    /// <summary>Times beside those of nn.LSTM, and the ratios that were asked for.</summary>
    public static void WriteBenchmark(
        TextWriter output, IReadOnlyList<BenchmarkResult> results, IReadOnlyDictionary<BenchmarkCase, double>? required)
    {
        bool onDevice = results.Any(result => result.GpuMilliseconds is not null);
        string[] headers = ["B,T,D,H,layers", "pass", "peepholes", "kernel", "ms", "nn.LSTM ms", "ratio", "GFLOP/s", .. onDevice ? ["GPU ms"] : Array.Empty<string>()];
        var table = new TextTable(required is null ? headers : [.. headers, "required"], wordColumns: 4);
        foreach (BenchmarkResult result in results)
        {
            object?[] cells =
            [
                result.Case.ToString(),
                Choices.Name(result.Case.Pass),
                Choices.Name(result.Case.Peephole),
                result.Kernel,
                Fixed(result.Milliseconds, 3),
                Fixed(result.NnLstmMilliseconds, 3),
                Fixed(result.Ratio, 2),
                Fixed(result.Gflops, 0),
                .. onDevice ? [result.GpuMilliseconds is { } gpu ? Fixed(gpu, 3) : null] : Array.Empty<object?>(),
            ];
            table.Add(required is null ? cells : [.. cells, $"{Fixed(required[result.Case], 2)}{(result.Ratio < required[result.Case] ? " MISSED" : string.Empty)}"]);
        }

        table.Write(output);
    }

    /// <summary>What a model is.</summary>
    public static void WriteModel(TextWriter output, string path, ForecasterConfig config, long parameters)
    {
        void Line(string name, string value) => WriteLine(output, name, value);
        Line("model", path);
        WriteTask(output, config, int.MaxValue);
        Line("layers", $"{string.Join(", ", config.HiddenSizes)} units, {parameters.ToString("N0", CultureInfo.InvariantCulture)} weights, dropout {Dropout(config)}");
        Line("peepholes", config.Peephole == PeepholeKind.None ? "none" : $"{Choices.Name(config.Peephole)}, {Peephole.Format(config.Connections)}");
        Line("scaling", $"{Choices.Name(config.Scaler)}{(config.SeriesScales.Count == 0 ? string.Empty : $", each of {config.SeriesScales.Count} series by itself")}");
        if (config.Missing != MissingValues.Error)
            Line("missing values", $"{Choices.Name(config.Missing)}{(config.InsertRows ? ", with rows for absent moments" : string.Empty)}");
        if (config.Normalize != WindowNormalization.None)
            Line("windows", $"normalized by {Choices.Name(config.Normalize)}");
        if (config.Strategy == ForecastStrategy.Recursive)
            Line("strategy", "one step, which is fed back for the next");
        if (config.PatchLength > 1)
            Line("patches", $"of {config.PatchLength} steps");
        if (config.Highway)
            Line("highway", "a linear map of the target's own past");
        if (config.Distribution != OutputDistribution.Point)
            Line("quantiles", $"{string.Join(", ", config.Quantiles.Select(share => share.ToString(CultureInfo.InvariantCulture)))}{(config.Distribution == OutputDistribution.Quantiles ? string.Empty : $" of a {(config.Distribution == OutputDistribution.Gaussian ? "normal distribution" : "Student's t distribution")}")}");
        if (config.Intervals.Count > 0)
            Line("intervals", string.Join(", ", config.Intervals.Select(interval => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Coverage:0.##} %"))) + (config.IntervalRate > 0 ? string.Create(CultureInfo.InvariantCulture, $", following misses at the rate {config.IntervalRate}") : string.Empty));
        Line("seasonality", config.Seasonality.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A number with its noun: 1 epoch, 2 epochs.</summary>
    public static string Count(long number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? string.Empty : "s")}");

    private static void WriteTask(TextWriter output, ForecasterConfig config, int names)
    {
        WriteLine(output, "predicts", $"{Names(config.Targets, names)}; {Count(config.Horizon, "step")} ahead");
        WriteLine(output, "from", $"{Names(config.Inputs, names)}; {Count(config.ContextLength, "past step")}");
        if (config.FutureCovariates.Count > 0)
            WriteLine(output, "known ahead", Names(config.FutureCovariates, names));
        WriteLine(output, "time column", config.TimeColumn ?? "none");
        if (config.SeriesColumns.Count > 0)
            WriteLine(output, "series", Names(config.SeriesColumns, names));
        if (config.SeriesIdColumn is { } id)
            WriteLine(output, "series column", id);
    }

    private static string Dropout(ForecasterConfig config) => string.Create(
        CultureInfo.InvariantCulture,
        $"{config.Dropout}{(config.DropoutKind == DropoutKind.Standard ? string.Empty : $" {Choices.Name(config.DropoutKind)}")}{(config.RecurrentDropout == 0 ? string.Empty : $", {config.RecurrentDropout} of the recurrent weights")}");

    private static string Fixed(double number, int decimals) => Math.Round(number, decimals).ToString($"F{decimals}", CultureInfo.InvariantCulture);

    private static string Names(IReadOnlyList<string> names, int shown) =>
        $"{string.Join(", ", names.Take(shown))}{(names.Count > shown ? $" and {names.Count - shown} more" : string.Empty)}";

    private static void WriteLine(TextWriter output, string name, string value) => output.WriteLine($"{name,-16} {value}");
}
