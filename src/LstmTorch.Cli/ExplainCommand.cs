using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LstmTorch.Data;
using LstmTorch.Explaining;
using LstmTorch.Persistence;
using LstmTorch.Reporting;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>explain MODEL [DATA]</c>: what the forecasts of a model rest on, and what its gates do.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var command = new Verb(
            "explain",
            "Says what the forecasts of a model rest on: attributions by input and step, how much errors rise where an input is shuffled, and what the gates do.",
            "checkpoints/sales --out explained.html");
        var arguments = new ModelArguments(command);
        var defaults = new ExplainOptions();
        Option<string?> part = CommonOptions.Choice<ExplainedPart>("--part", "The windows to explain. Default: test; all of data that the model was not trained on.");
        var series = new Option<string?>("--series") { Description = "The series to explain, by its id. Default: all.", HelpName = "ID" };
        var origin = new Option<string?>("--origin") { Description = "Explain one forecast: that after this row, written as in the data.", HelpName = "TIME" };
        var windows = new NumberOption<int>("--windows", "At most so many windows, at even distances.", new WindowChoice().Most);
        Option<string?> baseline = CommonOptions.Choice<AttributionBaseline>(
            "--baseline", "What a forecast is held against: a window of mean rows, or one whose rows are all the last one. Default: mean.");
        var step = new NumberOption<int>("--step", "The step of the horizon to explain. Default: the mean over all.");
        var points = new NumberOption<int>("--points", "Points of the integral.", defaults.Points);
        var repeats = new NumberOption<int>("--repeats", "How often each input is shuffled; 0 for not at all.", defaults.Repeats);
        var seed = new NumberOption<int>("--seed", "Chooses the shuffles.", defaults.Seed);
        var page = new Option<string?>("--out") { Description = "The HTML page to write. Default: none.", HelpName = "FILE" };
        var csv = new Option<string?>("--csv") { Description = "The CSV file for the attribution of each value of each window. Default: none.", HelpName = "FILE" };
        foreach (Option option in new Option[] { part, series, origin, windows, baseline, step, points, repeats, seed, page, csv })
            command.Add(option);
        command.SetAction(parsed =>
        {
            var (model, data, read, run) = arguments.Read(parsed);
            model.Dispose();
            foreach (var (name, file) in new[] { ("--out", parsed.GetValue(page)), ("--csv", parsed.GetValue(csv)) })
            {
                if (file is not null)
                    OutputFile.Check(file, name, read);
            }

            var choice = new WindowChoice
            {
                Part = parsed.GetChoice<ExplainedPart>(part),
                Series = parsed.GetValue(series),
                Origin = parsed.GetValue(origin),
                Most = windows.Of(parsed),
            };
            var options = new ExplainOptions
            {
                Baseline = parsed.GetChoice<AttributionBaseline>(baseline) ?? defaults.Baseline,
                Step = parsed.GetValue(step),
                Points = points.Of(parsed),
                Repeats = repeats.Of(parsed),
                Seed = seed.Of(parsed),
            };
            Explain(parsed, arguments.Path(parsed), data, run?.SplitsOf(data), choice, options, parsed.GetValue(page), parsed.GetValue(csv));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Explain(
        ParseResult parsed,
        string path,
        TimeSeriesSet data,
        IReadOnlyList<ChronologicalSplit>? splits,
        WindowChoice choice,
        ExplainOptions options,
        string? page,
        string? csv)
    {
        ModelFile file = ModelFile.Read(path);
        using var explainer = Explainer.Of(file, parsed.GetDevice(), parsed.GetKernel(), parsed.GetPrecision());
        Explanation explanation = explainer.Explain(data, choice, options, splits, parsed.GetValue(CommonOptions.Quiet) ? null : Progress());
        if (page is not null)
            AtomicFile.Write(page, stream => stream.Write(Encoding.UTF8.GetBytes(ExplainReport.Render(path, data.SourceName, file.Config, explanation))));
        if (csv is not null)
            AtomicFile.Write(csv, stream => AttributionsCsv.Write(stream, explanation.Rows));
        if (parsed.GetValue(CommonOptions.Json))
            Console.Out.WriteLine(JsonSerializer.Serialize(explanation, RunConfig.Json));
        else
            ExplainTables.Write(Console.Out, file.Config, explanation);
    }

    /// <summary>A line now and then, of what takes longer.</summary>
    private static Action<string, double> Progress()
    {
        const int seconds = 5;
        var sinceLast = Stopwatch.StartNew();
        return (what, share) =>
        {
            if (sinceLast.Elapsed.TotalSeconds < seconds)
                return;
            sinceLast.Restart();
            Console.Error.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what}: {100 * share:0} %"));
        };
    }
}
