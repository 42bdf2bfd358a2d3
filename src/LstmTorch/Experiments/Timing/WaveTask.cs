using static LstmTorch.OptionRange;

namespace LstmTorch.Experiments.Timing;

/// <summary>The shape of a wave between −1 and 1.</summary>
public enum WaveShape
{
    /// <summary>cos 2πt.</summary>
    Cosine,

    /// <summary>Down for half of a period, and up again.</summary>
    Triangle,

    /// <summary>1 for half of a period, −1 for the other.</summary>
    Rectangle,
}

/// <summary>A periodic function that is to come out while nothing goes in.</summary>
/// <param name="Shape">Its shape; every period begins at 1.</param>
/// <param name="Period">Its steps.</param>
public sealed record WaveTask(WaveShape Shape, int Period) : TimingTask(WaveTolerance, Period, StreamsTogether: 1)
{
    /// <inheritdoc/>
    public override void Validate() => Require(Period is >= 2 and <= 1000, "--period", Period, "from 2 to 1000");

    private protected override void Fill(float[] inputs, float[] targets, int stream, int streams, int steps)
    {
        for (int step = 0; step < steps; step++)
            targets[(step * streams) + stream] = (float)Value(step % Period / (double)Period);
    }

    private double Value(double phase) => Shape switch
    {
        WaveShape.Cosine => Math.Cos(2 * Math.PI * phase),
        WaveShape.Triangle => Math.Abs((4 * phase) - 2) - 1,
        _ => phase < 0.5 ? 1 : -1,
    };
}
