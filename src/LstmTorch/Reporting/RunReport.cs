using System.Globalization;
using LstmTorch.Data;
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
    /// <param name="set">The data.</param>
    /// <param name="metrics">The metrics of all parts.</param>
    /// <param name="history">Each epoch.</param>
    /// <param name="predictions">The forecasts of the test part.</param>
    public static void Write(
        RunDirectory directory,
        RunConfig config,
        TimeSeriesSet set,
        RunMetrics metrics,
        IReadOnlyList<EpochResult> history,
        IReadOnlyList<PredictionRow> predictions)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(metrics);
        Directory.CreateDirectory(directory.Plots);
        var pictures = new List<ReportPicture>();
        void Add(string file, string caption, Func<PlotTheme, byte[]> draw)
        {
            byte[] png = draw(PlotTheme.Light);
            AtomicFile.Write(Path.Combine(directory.Plots, $"{file}.png"), stream => stream.Write(png));
            pictures.Add(new ReportPicture(caption, png, draw(PlotTheme.Dark)));
        }

        foreach (ForecastPlotData plot in ForecastPlotData.Select(predictions))
            Add(plot.FileName, plot.Title, theme => Plots.ForecastAgainstActual(plot, theme));
        Add("loss", "Loss per epoch", theme => Plots.LossCurve(history, metrics.BestEpoch, theme));

        AtomicFile.WriteText(directory.Report, HtmlReport.Render(new ReportContent
        {
            Title = Path.GetFileName(Path.GetFullPath(directory.Path)),
            Metrics = metrics,
            DataFile = set.SourceName,
            Sha256 = set.Sha256,
            Inputs = set.Inputs,
            Normalize = config.Options.Normalize,
            Seed = config.Options.Seed,
            Command = config.Options.ToCommand(),
            Options = [.. config.Options.ToJson().Select(option => new ReportEntry(option.Key, option.Value?.ToJsonString(RunConfig.Json).Trim('"') ?? "default"))],
            Facts = Facts(set),
            Versions = [.. config.Versions.Select(version => new ReportEntry(version.Key, version.Value))],
            Pictures = pictures,
            PicturesNote = NoteOnSeries(predictions),
        }));
    }

    private static string? NoteOnSeries(IReadOnlyList<PredictionRow> predictions)
    {
        int series = predictions.Select(row => row.Series).Distinct().Count();
        return series > ForecastPlotData.MostSeries
            ? string.Create(CultureInfo.InvariantCulture, $"The first {ForecastPlotData.MostSeries} of {series} series; predictions.csv holds the forecasts of all.")
            : null;
    }

    private static List<ReportEntry> Facts(TimeSeriesSet set)
    {
        TimeAxis time = set.Series[0].Time;
        List<ReportEntry> facts =
        [
            new("rows", $"{set.Rows} in {set.Series.Count} series"),
            new("time column", set.TimeColumn is null ? "none: rows are numbered" : $"{set.TimeColumn}, step {time.StepDescription}"),
        ];
        if (set.IrregularSteps > 0)
            facts.Add(new ReportEntry("irregular steps", $"{set.IrregularSteps} rows do not follow at the usual distance"));
        if (set.MissingFilled > 0)
            facts.Add(new ReportEntry("missing values", $"{set.MissingFilled} filled"));
        if (set.RowsLeftOut > 0)
            facts.Add(new ReportEntry("rows left out", $"{set.RowsLeftOut} before the first value of a column"));
        if (set.RowsDropped > 0)
            facts.Add(new ReportEntry("rows dropped", $"{set.RowsDropped} with missing values"));
        if (set.IgnoredColumns.Count > 0)
            facts.Add(new ReportEntry("columns not used", string.Join(", ", set.IgnoredColumns)));
        return facts;
    }
}
