using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Reporting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary><c>lr-find [DATA]</c>: suggests a learning rate by a range test.</summary>
internal static class LearningRateCommand
{
    private const int DefaultSteps = 200, FewestSteps = 10;

    /// <summary>More rows than these say no more to a reader.</summary>
    private const int RowsShown = 20;

    public static Command Create()
    {
        var command = new Verb(
            "lr-find",
            "Suggests a --learning-rate: a fresh network takes steps that grow, and the loss tells between which sizes it learns. The options of train change the model; --help of train explains them.",
            "sales.csv --target revenue --out rates.png");
        var data = new Argument<string?>("DATA") { Description = "The CSV or Parquet file; without it, the embedded sample.", Arity = ArgumentArity.ZeroOrOne };
        var steps = new NumberOption<int>("--steps", "How many steps.", DefaultSteps, FewestSteps);
        command.Add(data);
        command.Add(steps);
        var train = new TrainOptions(command, ("FILE", "The plot to write, .png or .svg. Default: none."));
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
        command.SetAction(parsed =>
        {
            using var signals = new StopSignals();
            RunOptions model = train.Read(parsed);
            model = model with { Data = parsed.GetValue(data) ?? model.Data };

            // Of the command line alone: a run's config.json names the run's directory.
            string? plot = parsed.GetValue<string?>("--out");
            if (plot is not null)
                CheckPlot(plot, model.Data);
            model.Validate();
            TimeSeriesSet set = TrainingRun.Read(model);
            ChronologicalSplit[] splits = [.. set.Series.Select(series => ChronologicalSplit.Of(series.Length, model.ValidationFraction, model.TestFraction))];
            if (!parsed.GetValue(CommonOptions.Quiet))
                model = DataLengths.Choose(model, set, splits, text => Console.Error.WriteLine($"lstmtorch: {set.SourceName}: {text}"));
            LearningRateCurve curve;
            try
            {
                curve = LearningRateSearch.Run(model, set, splits, steps.Of(parsed), signals.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("lstmtorch: stopped before the last step, nothing is suggested; run the same command again");
                return signals.ExitCode;
            }

            if (plot is not null)
                Draw(plot, curve);
            if (parsed.GetValue(CommonOptions.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(curve, RunConfig.Json));
            else
                Write(Console.Out, curve);
            return ExitCode.Success;
        });
        return command;
    }

    private static void CheckPlot(string file, string? data)
    {
        if (Path.GetExtension(file).ToLowerInvariant() is not (".png" or ".svg"))
            throw new LstmTorchException(ErrorKind.Usage, $"--out {file}: name a file that ends on .png or .svg");
        OutputFile.Check(file, data is null ? [] : [data]);
    }

    private static void Draw(string file, LearningRateCurve curve)
    {
        if (Path.GetExtension(file).Equals(".svg", StringComparison.OrdinalIgnoreCase))
            AtomicFile.WriteText(file, LearningRatePlot.ToSvg(curve));
        else
            AtomicFile.Write(file, stream => stream.Write(LearningRatePlot.ToPng(curve)));
    }

    private static void Write(TextWriter output, LearningRateCurve curve)
    {
        var table = new TextTable(["learning rate", "loss"], wordColumns: 1);
        int every = (curve.Points.Count + RowsShown - 1) / RowsShown;
        for (int n = 0; n < curve.Points.Count; n += every)
            table.Add(curve.Points[n].LearningRate.ToString("0.0e-0", CultureInfo.InvariantCulture), curve.Points[n].Loss);
        table.Write(output);
        output.WriteLine();
        output.WriteLine(FormattableString.Invariant($"suggested: --learning-rate {curve.Suggested:G2} (the loss was least, {curve.Lowest.Loss:G4}, at {curve.Lowest.LearningRate:G2})"));
    }
}
