using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Verification;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>Results as text for people.</summary>
internal static class ResultTables
{
    /// <summary>What a training run came to: the metrics of each part and where the files are.</summary>
    public static void WriteRun(TextWriter output, RunResult result)
    {
        if (result.Metrics is { } metrics)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", metrics.Target)}, {metrics.Horizon} step(s) ahead from {metrics.ContextLength}: {metrics.Parameters:N0} weights, {metrics.Epochs} epochs in {metrics.TrainSeconds:F0} s, best {metrics.BestEpoch}"));
            WriteMetrics(output, metrics.Splits, metrics.Seasonality);
        }

        output.WriteLine($"written to {result.Directory.Path}");
    }

    /// <summary>The metrics of model, naive and seasonal-naive forecasts for each part.</summary>
    public static void WriteMetrics(TextWriter output, IReadOnlyDictionary<string, PartMetrics> parts, int seasonality)
    {
        output.WriteLine();
        output.WriteLine($"{"part",-11} {"forecast",-20} {"MAE",10} {"RMSE",10} {"sMAPE %",9} {"MASE",8} {"R2",8}");
        foreach (var (name, part) in parts)
        {
            WriteRow(output, name, "model", part.Model);
            WriteRow(output, $"{part.Windows} windows", "naive", part.Naive);
            if (seasonality > 1)
                WriteRow(output, string.Empty, $"seasonal naive ({seasonality})", part.SeasonalNaive);
        }

        output.WriteLine();
        if (parts.TryGetValue("test", out PartMetrics? test) && Verdict(test, seasonality) is { } verdict)
            output.WriteLine(verdict);
    }

    /// <summary>The outcome of every case, kernel and precision.</summary>
    public static void WriteVerification(TextWriter output, IReadOnlyList<VerificationResult> results)
    {
        output.WriteLine($"{"case",-20} {"kernel",-10} {"precision",-9} {"worst quantity",-22} {"error",10} {"tolerance",10}");
        foreach (VerificationResult result in results)
        {
            if (result.Refusal is { } refusal)
            {
                output.WriteLine($"{result.Case,-20} {result.Kernel,-10} {result.Precision,-9} not run: {refusal}");
                continue;
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Case,-20} {result.Kernel,-10} {result.Precision,-9} {result.Worst!.Quantity,-22} {result.Worst.Error,10:0.0E+00} {result.Tolerance,10:0E+00} {(result.Passed ? "ok" : "FAILED")}"));
        }
    }

    /// <summary>What a model is.</summary>
    public static void WriteModel(TextWriter output, string path, ForecasterConfig config, long parameters)
    {
        void Line(string name, string value) => output.WriteLine($"{name,-16} {value}");
        Line("model", path);
        Line("predicts", $"{string.Join(", ", config.Targets)}, {config.Horizon} step(s) ahead");
        Line("from", $"{string.Join(", ", config.Inputs)}, {config.ContextLength} past steps");
        Line("time column", config.TimeColumn ?? "none");
        Line("layers", $"{string.Join(", ", config.HiddenSizes)} units, {parameters.ToString("N0", CultureInfo.InvariantCulture)} weights, dropout {config.Dropout.ToString(CultureInfo.InvariantCulture)}");
        Line("peepholes", config.Peephole == PeepholeKind.None ? "none" : $"{Choices.Name(config.Peephole)}, {Peephole.Format(config.Connections)}");
        Line("scaling", Choices.Name(config.Scaler));
        Line("seasonality", config.Seasonality.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteRow(TextWriter output, string part, string forecast, ForecastMetrics metrics) => output.WriteLine(
        $"{part,-11} {forecast,-20} {Number(metrics.Mae),10} {Number(metrics.Rmse),10} {Number(metrics.Smape),9} {Number(metrics.Mase),8} {Number(metrics.R2),8}");

    private static string Number(double? value) => value is { } number ? number.ToString("G4", CultureInfo.InvariantCulture) : "-";

    private static string? Verdict(PartMetrics test, int seasonality)
    {
        (string Name, double? Rmse) best = seasonality > 1 && test.SeasonalNaive.Rmse < test.Naive.Rmse
            ? ("seasonal naive", test.SeasonalNaive.Rmse)
            : ("naive", test.Naive.Rmse);
        if (test.Model.Rmse is not { } model || best.Rmse is not > 0)
            return null;

        double share = 1 - (model / best.Rmse.Value);
        string percent = Math.Abs(100 * share).ToString("F1", CultureInfo.InvariantCulture);
        return share > 0
            ? $"The model beats the best naive forecast ({best.Name}) on the test part by {percent} % in RMSE."
            : $"The model does NOT beat the {best.Name} forecast on the test part: its RMSE is {percent} % higher.";
    }
}
