using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using TorchSharp;
using TorchSharp.Modules;

namespace LstmTorch.Reporting;

/// <summary>Writes the epochs of a run for TensorBoard, into one file <c>events.out.tfevents.*</c>.</summary>
/// <remarks>
/// Scalars, the epoch being the step: <c>loss/train</c>, <c>loss/validation</c>, <c>learning_rate</c> and
/// <c>gradient_norm</c>. Each is on disk when <see cref="Write"/> returns and no file stays open, so that there is
/// nothing to dispose. The name of the file is TorchSharp's: it holds the time, the host and the process.
/// </remarks>
public sealed class TensorBoardLog
{
    private readonly SummaryWriter _writer;

    /// <summary>Starts a new event file, beside those of earlier sessions of the same run.</summary>
    /// <param name="runDirectory">The folder of the file itself; it is made if it does not exist.</param>
    /// <exception cref="LstmTorchException">The file cannot be written.</exception>
    public TensorBoardLog(string runDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(runDirectory);
        try
        {
            _writer = torch.utils.tensorboard.SummaryWriter(runDirectory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(runDirectory, error);
        }
    }

    /// <summary>Appends one epoch; a number that is not finite is left out.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <exception cref="LstmTorchException">The file cannot be written.</exception>
    public void Write(EpochResult epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        try
        {
            Add("loss/train", epoch.TrainLoss);
            Add("loss/validation", epoch.ValidationLoss);
            Add("learning_rate", epoch.LearningRate);
            Add("gradient_norm", epoch.GradientNorm);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(_writer.LogDir, error);
        }

        void Add(string tag, double value)
        {
            if (double.IsFinite(value))
                _writer.add_scalar(tag, (float)value, epoch.Epoch);
        }
    }

    private static LstmTorchException CannotWrite(string directory, Exception error) => new(
        ErrorKind.CannotWrite,
        $"{directory}: cannot write the TensorBoard events: {error.Message.ReplaceLineEndings(" ")}; " +
        "make room or choose another folder",
        error);
}
