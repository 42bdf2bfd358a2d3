using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;

namespace LstmTorch;

/// <summary>Decides when a run writes a checkpoint, and lets training go on where one cannot be written.</summary>
/// <param name="folder">Where they go.</param>
/// <param name="state">The training.</param>
/// <param name="options">The intervals.</param>
/// <param name="events">Told of failures.</param>
internal sealed class CheckpointSchedule(CheckpointFolder folder, TrainingState state, RunOptions options, RunEvents events)
{
    /// <summary>What the newest checkpoint holds. Counters are replaced by every step, so that the same ones are the same state.</summary>
    private TrainingCounters? _saved;

    /// <summary>Why the state, as it is, could not be saved; null if it was, or if nobody has tried.</summary>
    public LstmTorchException? Failure { get; private set; }

    /// <summary>Called after every step.</summary>
    public void StepEnded()
    {
        if (options.CheckpointSteps is { } every && state.Counters.Step % every == 0)
            Save();
    }

    /// <summary>Called after every epoch.</summary>
    public void EpochEnded()
    {
        if (state.Counters.Epoch % options.CheckpointEvery == 0)
            Save();
    }

    /// <summary>Writes a checkpoint, unless the newest holds this state already.</summary>
    public void Save()
    {
        if (ReferenceEquals(_saved, state.Counters))
            return;

        try
        {
            folder.Save(state);
            _saved = state.Counters;
            Failure = null;
        }
        catch (LstmTorchException error) when (error.Kind == ErrorKind.CannotWrite)
        {
            // Nothing of the training is lost yet, and there may be room again by the next one.
            Failure = error;
            events.Notice?.Invoke($"no checkpoint: {error.Message}; training goes on, and the next one is tried");
        }
    }
}
