using LstmTorch.Forecasting;
using LstmTorch.Reporting;

namespace LstmTorch.Tests.Reporting;

/// <summary>A small run to report on.</summary>
internal static class ReportContents
{
    /// <summary>Mean absolute errors and nothing else; NaN means that there is none.</summary>
    public static TargetMetrics Maes(double model, double naive, double seasonalNaive)
    {
        return new(Mae(model), Mae(naive), Mae(seasonalNaive));

        static ForecastMetrics Mae(double mae) => ForecastMetrics.Undefined with { Mae = double.IsNaN(mae) ? null : mae };
    }

    public static RunMetrics Metrics(TargetMetrics test) => new()
    {
        Target = ["y"],
        Horizon = 2,
        ContextLength = 30,
        Seasonality = 7,
        Parameters = 1_234_567,
        Device = "cuda:0",
        Kernel = "reference",
        Epochs = 100,
        BestEpoch = 42,
        TrainSeconds = 12.5,
        Splits = new Dictionary<string, PartMetrics> { ["test"] = PartMetrics.Of(9, "2015-10-01", "2015-10-09", [("y", test)]) },
    };

    public static ReportContent Content(RunMetrics metrics) => new()
    {
        Title = "a run",
        Metrics = metrics,
        DataFile = "data.csv",
        Sha256 = "abc123",
        Inputs = ["x", "y"],
        Seed = 17,
        Command = "lstmtorch train data.csv --seed 17",
        Options = [new("hidden_size", "50,50,50")],
        Versions = [new("TorchSharp", "0.107.0")],
        Pictures = [new("Loss per epoch", [1, 2, 3], [4, 5, 6])],
    };
}
