using LstmTorch.Cli;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Predict;

/// <summary>From a model and a CSV file to the forecasts of the horizon that follows the file's end.</summary>
internal static class Prediction
{
    public static void Run(Arguments arguments)
    {
        Forecaster forecaster = Forecaster.Load(arguments.Model);
        ForecasterConfig config = forecaster.Config;

        // Without a hash the program never looks for OpenSSL, which a bare system does not have.
        TimeSeriesSet data = SeriesReader.Read(arguments.Data, ReadOptions.Of(config) with { Hash = false });
        if (arguments.Output is { } output)
            OutputFile.Check(output, arguments.Data, Directory.Exists(arguments.Model) ? Path.Combine(arguments.Model, ModelFile.DefaultName) : arguments.Model);
        WindowIndex windows = WindowIndex.AtEnd(data, config);
        foreach (string told in data.Remarks)
            Console.Error.WriteLine($"lstmtorch-predict: {data.SourceName}: {told}");
        if (data.RemarkOnSteps is { } steps)
            Console.Error.WriteLine($"lstmtorch-predict: {data.SourceName}: {steps}");
        if (WindowIndex.RemarkOnShort(data, config.ContextLength) is { } remark)
            Console.Error.WriteLine($"lstmtorch-predict: {data.SourceName}: {remark}");
        IEnumerable<PredictionRow> rows = PredictionRow.Of(data, config, windows, WindowForecasts.Of(forecaster, data, windows));
        if (arguments.Output is { } file)
        {
            AtomicFile.Write(file, stream => PredictionsCsv.Write(stream, rows, config.Intervals, config.Quantiles));
        }
        else
        {
            using Stream stream = Console.OpenStandardOutput();
            PredictionsCsv.Write(stream, rows, config.Intervals, config.Quantiles);
        }
    }
}
