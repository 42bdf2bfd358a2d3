using System.Globalization;
using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Persistence;

/// <summary>The folder of one training run, and the names of what lies in it.</summary>
/// <param name="path">The folder.</param>
public sealed class RunDirectory(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>config.json: everything needed to repeat the run.</summary>
    public string Config => System.IO.Path.Combine(Path, "config.json");

    /// <summary>model.safetensors: the best weights.</summary>
    public string Model => System.IO.Path.Combine(Path, ModelFile.DefaultName);

    /// <summary>metrics.json: model and naive forecasts, for every part.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.json");

    /// <summary>history.csv: every epoch.</summary>
    public string History => System.IO.Path.Combine(Path, "history.csv");

    /// <summary>predictions.csv: the test part.</summary>
    public string Predictions => System.IO.Path.Combine(Path, "predictions.csv");

    /// <summary>series.csv: how each series of the test part was forecast; only where there are several.</summary>
    public string Series => System.IO.Path.Combine(Path, "series.csv");

    /// <summary>report.html.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>plots/.</summary>
    public string Plots => System.IO.Path.Combine(Path, "plots");

    /// <summary>members/.</summary>
    private string Members => System.IO.Path.Combine(Path, "members");

    /// <summary>members/0 and so on: the runs of the networks of an ensemble.</summary>
    public RunDirectory Member(int number) => new(System.IO.Path.Combine(Members, number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>checkpoints/.</summary>
    public CheckpointFolder Checkpoints { get; } = new(System.IO.Path.Combine(path, "checkpoints"));

    /// <summary>Where something else than a run goes that names no folder: checkpoints/, the data's name and what it is.</summary>
    /// <param name="data">The file; null for the embedded sample.</param>
    /// <param name="kind">What it is.</param>
    internal static string DefaultOf(string? data, string kind) =>
        System.IO.Path.Combine("checkpoints", $"{(data is null ? SampleData.Name : SeriesReader.NameOf(data))}-{kind}");

    /// <summary>True if a run was started here.</summary>
    public bool HoldsRun => File.Exists(Config) || File.Exists(Model);

    /// <summary>Finds out, before any work, whether a run may be written here, and locks the folder for it.</summary>
    /// <param name="resume">The run that is here shall go on.</param>
    /// <param name="overwrite">The run that is here may be replaced.</param>
    /// <returns>The lock; to be disposed of when the run ends.</returns>
    /// <exception cref="LstmTorchException">It may or can not, or a training is under way here; nothing has been changed.</exception>
    public RunLock Prepare(bool resume, bool overwrite)
    {
        CheckUse(resume, overwrite);
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: cannot be written to: {error.Message}", error);
        }

        RunLock taken = RunLock.Take(Path);
        try
        {
            // Once more: another training may have come and gone since.
            CheckUse(resume, overwrite);
            foreach (string folder in new[] { Path, Checkpoints.Path, Plots })
                AtomicFile.RemoveLeftovers(folder);
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private void CheckUse(bool resume, bool overwrite)
    {
        if (resume && !HoldsRun)
            throw new LstmTorchException(ErrorKind.NotFound, $"{Path}: there is no run to resume; leave --resume out to start one");
        if (!resume && !overwrite && HoldsRun)
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: a run is here already; --overwrite replaces it, --resume continues it, --out names another folder");
        if (!HoldsRun && Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any(IsForeign))
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: the folder is not empty and holds no run; name an empty or new folder with --out");
    }

    /// <summary>True for what a training that was killed before its first file did not leave here.</summary>
    private static bool IsForeign(string entry) =>
        System.IO.Path.GetFileName(entry) is var name && name != RunLock.FileName && !AtomicFile.IsLeftover(name);

    /// <summary>Removes the files of the run that is here, and nothing else.</summary>
    public void Clear()
    {
        foreach (string folder in new[] { Checkpoints.Path, Plots, Members }.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);

        // The config last: as long as it is there, the folder is known to be a run's.
        foreach (string file in Directory.EnumerateFiles(Path, "events.out.tfevents.*").Concat([Model, Metrics, History, Predictions, Series, Report, Config]))
            File.Delete(file);
    }
}
