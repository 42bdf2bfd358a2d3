using LstmTorch.Runtime.Model;

namespace LstmTorch;

/// <summary>How many threads a training takes that is not told.</summary>
internal static class TrainingThreads
{
    private const double SmallStep = 1e9;

    /// <summary>
    /// One thread where a step is small: a second would save a third of its few milliseconds, and lose a hundredfold whenever
    /// another program takes its core, since the threads wait for each other many times a step.
    /// </summary>
    public static int Default(ForecasterConfig config, int batchSize)
    {
        double perRow = 0;
        long width = (long)config.PatchLength * config.Inputs.Count;
        foreach (int hidden in config.HiddenSizes)
        {
            int cellWeights = config.Peephole == PeepholeKind.Full ? Peephole.Format(config.Connections).Length : 0;
            perRow += (double)hidden * ((4 * (width + hidden)) + (cellWeights * hidden));
            width = hidden;
        }

        // A multiplication and an addition a weight, forward once and backward twice.
        double operations = 6 * perRow * batchSize * config.ContextLength / config.PatchLength;
        return operations < SmallStep ? 1 : Environment.ProcessorCount;
    }
}
