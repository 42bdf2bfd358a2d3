using System.CommandLine;
using LstmTorch.Data;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>MODEL and [DATA], as <c>predict</c> and <c>evaluate</c> take them: without DATA, the data that the model was trained on.</summary>
internal sealed class ModelArguments
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A run directory, or a model.safetensors." };
    private readonly Argument<string?> _data = new("DATA")
    {
        Description = "The CSV file, or - for standard input. Default: the data that the model was trained on.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public ModelArguments(Command command)
    {
        command.Add(_model);
        command.Add(_data);
        command.Add(CommonOptions.Delimiter);
        command.Add(CommonOptions.Missing);
        command.Add(CommonOptions.Device);
        command.Add(CommonOptions.Precision);
        command.Add(CommonOptions.Kernel);
        command.Add(CommonOptions.Json);
        command.Add(CommonOptions.Quiet);
        command.Add(CommonOptions.Verbose);
    }

    /// <summary>The model's path as it was given.</summary>
    public string Path(ParseResult parsed) => parsed.GetValue(_model)!;

    /// <summary>Reads model and data.</summary>
    /// <returns>The model, the data, the files that they were read from, and the run that the model comes from, if its directory was given.</returns>
    public (TrainedModel Model, TimeSeriesSet Data, IReadOnlyList<string> Files, RunConfig? Run) Read(ParseResult parsed)
    {
        string path = Path(parsed);
        RunConfig? run = Directory.Exists(path) && new RunDirectory(path) is { } directory && File.Exists(directory.Config)
            ? RunConfig.Read(directory.Config)
            : null;
        TrainedModel model = TrainedModel.Load(path, parsed.GetDevice(), parsed.GetKernel(), parsed.GetPrecision());
        string? data = parsed.GetValue(_data) ?? DataOfRun(path, run);
        MissingValues? missing = parsed.GetChoice<MissingValues>(CommonOptions.Missing);
        string? delimiter = parsed.GetValue(CommonOptions.Delimiter) ?? (parsed.GetValue(_data) is null ? run?.Options.Delimiter : null);
        TimeSeriesSet set = model.Read(data, delimiter, missing);
        foreach (string remark in set.Remarks)
            parsed.Remark(set, remark);
        if (set.RemarkOnSteps is { } steps)
            parsed.Remark(set, steps);
        if (parsed.GetValue(_data) is null && run!.Data.Sha256 != set.Sha256)
        {
            // The run may have been started in another folder, where the name leads to another file.
            string file = data is null ? set.SourceName : System.IO.Path.GetFullPath(data);
            parsed.Remark(set, $"not the file that the model was trained on, or changed since ({ResultTables.Count(run.Data.Rows, "row")} then, {set.Rows} now): read from {file}");
        }

        string modelFile = Directory.Exists(path) ? new RunDirectory(path).Model : path;
        return (model, set, data is null ? [modelFile] : [modelFile, data], run);
    }

    private static string? DataOfRun(string path, RunConfig? run)
    {
        if (run is null)
            throw new LstmTorchException(ErrorKind.Usage, $"{path}: a model file does not say which data to use; name the CSV file after it");
        if (run.Options.Data is { } pipe && (pipe == SeriesReader.StandardInput || pipe.StartsWith("/dev/", StringComparison.Ordinal)))
            throw new LstmTorchException(ErrorKind.Usage, $"{path}: the model was trained on data from a pipe ({pipe}), which is gone; name a CSV file after {path}");
        if (run.Options.Data is { } file && !File.Exists(file))
            throw new LstmTorchException(ErrorKind.NotFound, $"{file}: the data that the model was trained on is not there; name a CSV file after {path}");
        return run.Options.Data;
    }
}
