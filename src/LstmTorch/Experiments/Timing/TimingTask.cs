using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch.Experiments.Timing;

/// <summary>A task of precise timing: a stream of numbers goes in, and at every step one number is to come out.</summary>
/// <remarks>Gers, Schraudolph and Schmidhuber, "Learning Precise Timing with LSTM Recurrent Networks", 2002, sections 4 to 6.</remarks>
/// <param name="Tolerance">How far an output may be from its target.</param>
/// <param name="LongestInterval">The most steps between two events: two spikes, or two begins of a period.</param>
/// <param name="StreamsTogether">How many streams a step of training takes: one where all of them are the same.</param>
public abstract record TimingTask(double Tolerance, int LongestInterval, int StreamsTogether)
{
    private protected const double SpikeTolerance = 0.49, WaveTolerance = 0.3;
    private protected const int SpikeStreams = 16;

    /// <summary>Draws streams from libtorch's generator, each from its first event on.</summary>
    /// <param name="streams">How many, B.</param>
    /// <param name="steps">How long, T.</param>
    public TimingStreams Draw(int streams, int steps)
    {
        float[] inputs = new float[streams * steps], targets = new float[streams * steps];
        for (int stream = 0; stream < streams; stream++)
            Fill(inputs, targets, stream, streams, steps);
        return new TimingStreams(tensor(inputs, [steps, streams, 1]), tensor(targets, [steps, streams, 1]));
    }

    /// <summary>Steps in which there are at least so many events.</summary>
    public int StepsOf(int events) => checked(events * LongestInterval);

    /// <summary>Looks at every number before the work starts.</summary>
    /// <exception cref="LstmTorchException">One is out of its range; the message names it and the range.</exception>
    public abstract void Validate();

    /// <summary>Writes one stream into arrays of zeros, [T, B].</summary>
    private protected abstract void Fill(float[] inputs, float[] targets, int stream, int streams, int steps);
}

/// <summary>Streams side by side.</summary>
/// <param name="Inputs">[T, B, 1].</param>
/// <param name="Targets">[T, B, 1].</param>
public sealed record TimingStreams(Tensor Inputs, Tensor Targets);
