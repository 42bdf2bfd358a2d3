using System.Globalization;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;

namespace LstmTorch.Persistence;

/// <summary>The folder checkpoints/ of a run: the two newest training states, named by their step.</summary>
/// <param name="path">The folder.</param>
public sealed class CheckpointFolder(string path)
{
    private const string Prefix = "step-", Suffix = ".safetensors";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>True if it holds a checkpoint, whole or not.</summary>
    public bool HoldsAny => NewestFirst().Any();

    /// <summary>Writes a checkpoint and reads it back; only then are all older ones but the newest removed.</summary>
    /// <exception cref="LstmTorchException">It could not be written, or not be read back; what was there is untouched.</exception>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        long step = state.Counters.Step;
        string file = System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D9}{Suffix}"));
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{Path}: cannot be written to: {error.Message}", error);
        }

        Checkpoint.Write(file, state);
        try
        {
            Checkpoint.Verify(file);
        }
        catch (LstmTorchException error)
        {
            TryDelete(file);
            throw new LstmTorchException(ErrorKind.CannotWrite, $"{error.Message}, just after it was written; the disk may be failing", error);
        }

        // Newer ones are damaged, or the run would have gone on from them: they must not push out a good one.
        var others = NewestFirst().Where(other => other.Step != step).ToList();
        foreach (var (_, old) in others.Except(others.Where(other => other.Step < step).Take(1)))
            TryDelete(old);
    }

    /// <summary>Restores the newest checkpoint that is whole.</summary>
    /// <param name="state">A fresh state of the same network.</param>
    /// <param name="notice">Told of every damaged checkpoint that is passed over; may be null.</param>
    /// <exception cref="LstmTorchException">There is no checkpoint, or none is whole.</exception>
    public void RestoreNewest(TrainingState state, Action<string>? notice)
    {
        LstmTorchException? first = null;
        foreach (var (_, file) in NewestFirst())
        {
            try
            {
                Checkpoint.Restore(file, state, notice);
                if (first is not null)
                    notice?.Invoke($"{first.Message}; {file} is used instead");
                return;
            }
            catch (LstmTorchException error) when (error.Kind is ErrorKind.Damaged or ErrorKind.NotFound)
            {
                first ??= error;
            }
        }

        throw first ?? new LstmTorchException(ErrorKind.NotFound, $"{Path}: there is no checkpoint to resume from; --overwrite starts anew");
    }

    private IEnumerable<(long Step, string File)> NewestFirst() => Directory.Exists(Path)
        ? Directory.EnumerateFiles(Path, $"{Prefix}*{Suffix}")
            .Select(file => (Step: StepOf(file), File: file))
            .Where(entry => entry.Step >= 0)
            .OrderByDescending(entry => entry.Step)
        : [];

    private static long StepOf(string file)
    {
        ReadOnlySpan<char> digits = System.IO.Path.GetFileName(file.AsSpan())[Prefix.Length..^Suffix.Length];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : -1;
    }

    /// <summary>A file too many does no harm; the next checkpoint tries to remove it again.</summary>
    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
