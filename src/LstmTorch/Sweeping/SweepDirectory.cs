using System.Globalization;
using System.Text.Json;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Sweeping;

/// <summary>
/// The folder of a sweep: sweep.json, the plan; runs/, a run directory like any other for each trial; results/, what each has come to. All
/// that programs that work at it side by side need to know of each other lies here, so that the folder may be on a shared disk.
/// </summary>
/// <param name="path">The folder.</param>
public sealed class SweepDirectory(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>sweep.json.</summary>
    public string Plan => System.IO.Path.Combine(Path, "sweep.json");

    /// <summary>Where a sweep goes that names no folder.</summary>
    /// <param name="data">The file; null for the embedded sample.</param>
    public static string Default(string? data) => RunDirectory.DefaultOf(data, "sweep");

    private string Runs => System.IO.Path.Combine(Path, "runs");

    private string Results => System.IO.Path.Combine(Path, "results");

    private string Locks => System.IO.Path.Combine(Path, "locks");

    /// <summary>The run directory of a trial.</summary>
    public RunDirectory Run(int trial) => new(System.IO.Path.Combine(Runs, Name(trial)));

    /// <summary>Writes a new plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="overwrite">What a former sweep left may be removed.</param>
    /// <exception cref="LstmTorchException">A sweep is here and must not be replaced, is under way, or the folder cannot be written to.</exception>
    public void Begin(SweepPlan plan, bool overwrite)
    {
        CheckFree(overwrite);
        try
        {
            foreach (string folder in new[] { Runs, Results, Locks })
            {
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true);
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: cannot be written to: {error.Message}", error);
        }

        AtomicFile.WriteText(Plan, JsonSerializer.Serialize(plan, RunConfig.Json) + "\n");
    }

    /// <summary>Finds out whether a plan may be written here.</summary>
    /// <exception cref="LstmTorchException">A sweep is here and must not be replaced, or is under way; or the folder holds other things.</exception>
    public void CheckFree(bool overwrite)
    {
        if (!File.Exists(Plan))
        {
            if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
                throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: the folder is not empty and holds no sweep; name an empty or new folder with --out");
            return;
        }

        if (!overwrite)
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: a sweep is here already; lstmtorch sweep run goes on with it, --overwrite replaces it, --out names another folder");
        for (int trial = 0; trial < SweepPlan.Read(Plan).Trials.Count; trial++)
        {
            using RunLock free = TryClaim(trial) ?? throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: trial {trial} is being trained; wait for its end, or name another folder with --out");
        }
    }

    /// <summary>Takes a trial for this program alone.</summary>
    /// <param name="trial">Its number, from 0.</param>
    /// <returns>To be disposed of when the trial shall be free again; null if another program has it. The system frees it when the program ends.</returns>
    public RunLock? TryClaim(int trial)
    {
        Directory.CreateDirectory(Locks);
        return RunLock.TryTake(Locks, Name(trial));
    }

    /// <summary>What each trial has come to, by its number; those that have come to nothing yet are not there.</summary>
    /// <exception cref="LstmTorchException">A file is damaged.</exception>
    public IReadOnlyDictionary<int, TrialResult> ReadResults(int trials)
    {
        var results = new Dictionary<int, TrialResult>();
        for (int trial = 0; trial < trials; trial++)
        {
            if (ReadResult(trial) is { } result)
                results.Add(trial, result);
        }

        return results;
    }

    /// <summary>What a trial has come to; null if nothing yet.</summary>
    /// <exception cref="LstmTorchException">The file is damaged.</exception>
    public TrialResult? ReadResult(int trial)
    {
        string file = Result(trial);
        try
        {
            return JsonSerializer.Deserialize<TrialResult>(File.ReadAllText(file), RunConfig.Json) ?? throw new JsonException();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new LstmTorchException(ErrorKind.Damaged, $"{file}: not what a trial writes; remove it, and the trial is taken up again where it was", error);
        }
    }

    /// <summary>Writes what a trial has come to.</summary>
    public void WriteResult(TrialResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Directory.CreateDirectory(Results);
        AtomicFile.WriteText(Result(result.Trial), JsonSerializer.Serialize(result, RunConfig.Json) + "\n");
    }

    private string Result(int trial) => System.IO.Path.Combine(Results, Name(trial) + ".json");

    private static string Name(int trial) => trial.ToString("D4", CultureInfo.InvariantCulture);
}
