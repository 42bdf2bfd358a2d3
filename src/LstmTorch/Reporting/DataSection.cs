using System.Globalization;
using LstmTorch.Data;
using LstmTorch.Persistence;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Reporting;

/// <summary>What the data is: its rows and times, its columns and their scales, and where its parts begin.</summary>
internal static class DataSection
{
    private const int MostColumns = 60, MostSeries = 20;

    /// <summary>The chapter.</summary>
    /// <param name="set">The data.</param>
    /// <param name="config">The model's description.</param>
    /// <param name="data">The borders of the parts.</param>
    public static ReportSection Of(TimeSeriesSet set, ForecasterConfig config, RunData data)
    {
        string[] columns = [.. config.Targets.Concat(config.Inputs).Distinct().Where(set.Series[0].Columns.Contains)];
        string more = columns.Length > MostColumns ? $" The first {MostColumns} of {columns.Length} columns." : string.Empty;
        string moreSeries = data.Series.Count > MostSeries ? $"The first {MostSeries} of {data.Series.Count} series; config.json holds all." : string.Empty;
        return new ReportSection("The data", Html.Of($"""
            {ReportSection.Entries(Facts(set))}
            <h3>Columns</h3>
            <p>Over all rows, in original units. The scale is fitted to the training rows: scaled = (value − offset) / scale.{more}</p>
            {ReportSection.Table(["Column", "Use", "Least", "Mean", "Largest", "Offset", "Scale"], columns.Take(MostColumns).Select(column => Column(set, config, column)))}
            <h3>Parts</h3>
            <p>Rows of each part; the test part begins at the moment in the last column. {moreSeries}</p>
            {ReportSection.Table(["Series", "Training", "Validation", "Test", "Test from"], data.Series.Take(MostSeries).Select(Borders))}
            """));
    }

    private static IReadOnlyList<string> Column(TimeSeriesSet set, ForecasterConfig config, string column)
    {
        double least = double.PositiveInfinity, largest = double.NegativeInfinity, sum = 0;
        foreach (TimeSeries series in set.Series)
        {
            foreach (double value in series.Column(column))
            {
                least = Math.Min(least, value);
                largest = Math.Max(largest, value);
                sum += value;
            }
        }

        int input = Place(config.Inputs, column), target = Place(config.Targets, column);
        ColumnScaler scaler = target >= 0 ? config.TargetScalers[target] : config.InputScalers[input];
        string use = target < 0 ? "input" : input < 0 ? "target" : "input, target";
        return [column, use, MetricsTable.Format(least), MetricsTable.Format(sum / set.Rows), MetricsTable.Format(largest), MetricsTable.Format(scaler.Offset), MetricsTable.Format(scaler.Scale)];
    }

    private static int Place(IReadOnlyList<string> names, string name)
    {
        for (int n = 0; n < names.Count; n++)
        {
            if (names[n] == name)
                return n;
        }

        return -1;
    }

    private static IReadOnlyList<string> Borders(SeriesBorders series) =>
    [
        series.Id.Length > 0 ? series.Id : "all",
        Number(series.TrainEnd),
        Number(series.ValidationEnd - series.TrainEnd),
        Number(series.End - series.ValidationEnd),
        series.TestFrom.Length > 0 ? series.TestFrom : "–",
    ];

    private static string Number(int rows) => rows.ToString("#,0", CultureInfo.InvariantCulture);

    private static List<ReportEntry> Facts(TimeSeriesSet set)
    {
        TimeAxis time = set.Series[0].Time;
        List<ReportEntry> facts =
        [
            new("Rows", $"{Number(set.Rows)} in {Number(set.Series.Count)} series"),
            new("Span", set.Series.Count == 1 ? $"{time.Format(0)} to {time.Format(time.Length - 1)}" : $"{time.Format(0)} to {time.Format(time.Length - 1)} (the first series)"),
            new("Time column", set.TimeColumn is null ? "none: rows are numbered" : $"{set.TimeColumn}, step {time.StepDescription}"),
            new("Missing values", set.MissingFilled > 0 ? $"{Number(set.MissingFilled)} filled" : "none filled"),
        ];
        if (set.IrregularSteps > 0)
            facts.Add(new ReportEntry("Irregular steps", $"{Number(set.IrregularSteps)} rows do not follow at the usual distance"));
        if (set.RowsLeftOut > 0)
            facts.Add(new ReportEntry("Rows left out", $"{Number(set.RowsLeftOut)} before the first value of a column"));
        if (set.RowsDropped > 0)
            facts.Add(new ReportEntry("Rows dropped", $"{Number(set.RowsDropped)} with missing values"));
        if (set.IgnoredColumns.Count > 0)
            facts.Add(new ReportEntry("Columns not used", string.Join(", ", set.IgnoredColumns)));
        return facts;
    }
}
