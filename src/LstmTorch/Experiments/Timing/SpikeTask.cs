using static LstmTorch.OptionRange;
using static TorchSharp.torch;

namespace LstmTorch.Experiments.Timing;

/// <summary>What is to be learned about spikes.</summary>
public enum SpikeTaskKind
{
    /// <summary>Spikes go in; at each the part of the interval before it that is random is to come out, else 0.</summary>
    Measure,

    /// <summary>At each spike the random part of the next interval goes in, else 0; the spikes are to come out, and nothing tells of the time.</summary>
    Generate,
}

/// <summary>Spikes at intervals of which a part is random: all of [Interval, Interval + Range] are equally likely.</summary>
/// <param name="Kind">What goes in, and what is to come out.</param>
/// <param name="Interval">F, the shortest interval in steps.</param>
/// <param name="Range">The largest random part I, at least 1.</param>
public sealed record SpikeTask(SpikeTaskKind Kind, int Interval, int Range) : TimingTask(SpikeTolerance, Interval + Range, SpikeStreams)
{
    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Interval is >= 1 and <= 1000, "--interval", Interval, "from 1 to 1000");
        Require(Range is >= 1 and <= 100, "--range", Range, "from 1 to 100");
    }

    private protected override void Fill(float[] inputs, float[] targets, int stream, int streams, int steps)
    {
        using Tensor drawn = randint(Range + 1, (steps / Interval) + 1, dtype: ScalarType.Int64);
        long[] random = drawn.data<long>().ToArray();
        for (int n = 0, step = 0; step < steps; step += Interval + (int)random[n], n++)
        {
            int place = (step * streams) + stream;
            bool isFirst = n == 0;
            if (Kind == SpikeTaskKind.Measure)
                (inputs[place], targets[place]) = (1, isFirst ? 0 : random[n - 1]);
            else
                (inputs[place], targets[place]) = (random[n], isFirst ? 0 : 1);
        }
    }
}
