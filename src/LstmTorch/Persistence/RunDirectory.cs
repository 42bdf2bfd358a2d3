using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Persistence;

/// <summary>The folder of one training run, and the names of what lies in it.</summary>
/// <param name="path">The folder.</param>
public sealed class RunDirectory(string path)
{
    private const int CheckpointsKept = 2;
    private const string CheckpointPattern = "step-*.safetensors";

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

    /// <summary>report.html.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>plots/.</summary>
    public string Plots => System.IO.Path.Combine(Path, "plots");

    /// <summary>checkpoints/.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>True if a run was started here.</summary>
    public bool HoldsRun => File.Exists(Config) || File.Exists(Model);

    /// <summary>Finds out, before any work, whether a run may be written here, and that the folder can be written to.</summary>
    /// <param name="resume">The run that is here shall go on.</param>
    /// <param name="overwrite">The run that is here may be replaced.</param>
    /// <exception cref="LstmTorchException">It may or can not; nothing has been changed.</exception>
    public void Prepare(bool resume, bool overwrite)
    {
        if (resume && !HoldsRun)
            throw new LstmTorchException(ErrorKind.NotFound, $"{Path}: there is no run to resume; leave --resume out to start one");
        if (!resume && !overwrite && HoldsRun)
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: a run is here already; --overwrite replaces it, --resume continues it, --out names another folder");
        if (!HoldsRun && Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: the folder is not empty and holds no run; name an empty or new folder with --out");

        try
        {
            Directory.CreateDirectory(Path);
            string probe = System.IO.Path.Combine(Path, $".writable-{Guid.NewGuid():N}.tmp");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: cannot be written to: {error.Message}", error);
        }
    }

    /// <summary>Removes the files of the run that is here, and nothing else.</summary>
    public void Clear()
    {
        foreach (string folder in new[] { Checkpoints, Plots }.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        foreach (string file in new[] { Model, Metrics, History, Predictions, Report, Config }.Concat(
            Directory.EnumerateFiles(Path, "events.out.tfevents.*")))
            File.Delete(file);
    }

    /// <summary>Writes a checkpoint and, once it has been read back, removes all but the newest two.</summary>
    public void SaveCheckpoint(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Directory.CreateDirectory(Checkpoints);
        string file = System.IO.Path.Combine(
            Checkpoints, string.Create(CultureInfo.InvariantCulture, $"step-{state.Counters.Step:D9}.safetensors"));
        Checkpoint.Write(file, state);
        Safetensors.Read(file);
        foreach (string old in NewestFirst().Skip(CheckpointsKept))
            File.Delete(old);
    }

    /// <summary>Restores the newest checkpoint that is whole.</summary>
    /// <param name="state">A fresh state of the same network.</param>
    /// <param name="notice">Told of every damaged checkpoint that is passed over.</param>
    /// <exception cref="LstmTorchException">There is no checkpoint, or none is whole.</exception>
    public void RestoreNewest(TrainingState state, Action<string>? notice)
    {
        LstmTorchException? first = null;
        foreach (string file in NewestFirst())
        {
            try
            {
                Checkpoint.Restore(file, state);
                return;
            }
            catch (LstmTorchException error) when (error.Kind == ErrorKind.Damaged)
            {
                first ??= error;
                notice?.Invoke($"{error.Message}; the checkpoint before it is used");
            }
        }

        throw first ?? new LstmTorchException(ErrorKind.NotFound, $"{Checkpoints}: there is no checkpoint to resume from; --overwrite starts anew");
    }

    private IEnumerable<string> NewestFirst() => Directory.Exists(Checkpoints)
        ? Directory.EnumerateFiles(Checkpoints, CheckpointPattern).OrderDescending(StringComparer.Ordinal)
        : [];
}
