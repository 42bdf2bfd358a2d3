using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>Draws the pictures of a run and writes them and the report into its directory.</summary>
public static class RunReport
{
    /// <summary>Writes plots/*.png and report.html.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="config">config.json's content.</param>
    /// <param name="metrics">The metrics of all parts.</param>
    /// <param name="history">Each epoch.</param>
    /// <param name="test">The forecasts of the test part.</param>
    public static void Write(RunDirectory directory, RunConfig config, RunMetrics metrics, IReadOnlyList<EpochResult> history, PartForecasts test)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(test);
        Directory.CreateDirectory(directory.Plots);
        ReportPicture Draw(string file, string caption, Func<PlotTheme, byte[]> draw)
        {
            byte[] png = draw(PlotTheme.Light);
            AtomicFile.Write(Path.Combine(directory.Plots, $"{file}.png"), stream => stream.Write(png));
            return new ReportPicture(caption, png, draw(PlotTheme.Dark));
        }

        ReportSection?[] analysis =
        [
            ForecastFigures.Of(test),
            metrics.Splits.TryGetValue("test", out PartMetrics? part) ? ErrorFigures.Of(test, part) : null,
            part?.Quantiles is { } quantiles
                ? QuantileSection.Of(quantiles, Draw("calibration", "The share of test values below each quantile", theme => CalibrationPlot.ToPng(quantiles, theme)))
                : null,
            IntervalSection.Of(test, metrics),
            SeriesSection.Of(test),
        ];
        AtomicFile.WriteText(directory.Report, HtmlReport.Render(new ReportContent
        {
            Title = Path.GetFileName(Path.GetFullPath(directory.Path)),
            Metrics = metrics,
            DataFile = test.Set.SourceName,
            Sha256 = test.Set.Sha256,
            Inputs = test.Config.Inputs,
            Normalize = config.Options.Normalize,
            Seed = config.Options.Seed,
            Command = config.Options.ToCommand(),
            Options = [.. config.Options.ToJson().Select(option => new ReportEntry(option.Key, option.Value?.ToJsonString(RunConfig.Json).Trim('"') ?? "default"))],
            Versions = [.. config.Versions.Select(version => new ReportEntry(version.Key, version.Value))],
            Pictures = [.. ForecastPlotData.Select(test.Rows).Select(plot => Draw(plot.FileName, plot.Title, theme => Plots.ForecastAgainstActual(plot, theme)))],
            PicturesNote = NoteOnSeries(test.Rows),
            TrainingPictures = [Draw("loss", "Loss per epoch", theme => Plots.LossCurve(history, metrics.BestEpoch, theme))],
            Analysis = [.. analysis.OfType<ReportSection>()],
            Data = DataSection.Of(test.Set, test.Config, config.Data),
        }));
    }

    private static string? NoteOnSeries(IReadOnlyList<PredictionRow> predictions)
    {
        int series = predictions.Select(row => row.Series).Distinct().Count();
        return series > ForecastPlotData.MostSeries
            ? string.Create(CultureInfo.InvariantCulture, $"The first {ForecastPlotData.MostSeries} of {series} series; predictions.csv holds the forecasts of all.")
            : null;
    }
}
