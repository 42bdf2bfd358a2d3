using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Benchmarks;

/// <summary>The documented model, 4 inputs, 3 x 50 units, 30 steps, with random weights.</summary>
internal static class RandomModel
{
    private const int InputCount = 4;

    public static Forecaster Forecaster(PeepholeKind kind) => new(File(kind));

    public static ModelFile File(PeepholeKind kind)
    {
        var config = new ForecasterConfig
        {
            Inputs = [.. Enumerable.Range(0, InputCount).Select(n => $"x{n}")],
            Targets = ["x0"],
            Peephole = kind,
            Connections = kind == PeepholeKind.Diagonal ? Peephole.Diagonal.Connections : PeepholeConnections.All,
            InputScalers = [.. Enumerable.Repeat(new ColumnScaler(-5, 40), InputCount)],
            TargetScalers = [new ColumnScaler(-5, 40)],
        };
        var random = new Random(0);
        return new ModelFile(config, [.. ModelTensors.Expected(config).Select(tensor => SafetensorsTensor.FromFloats(
            tensor.Name, tensor.Shape, Values(random, tensor.Shape.Aggregate(1L, (size, dimension) => size * dimension), 0.2f)))]);
    }

    public static float[] Windows(Forecaster forecaster, int count) => [.. Values(new Random(1), (long)count * forecaster.WindowSize, 40)];

    private static float[] Values(Random random, long count, float range)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (random.NextSingle() - 0.5f) * range;
        return values;
    }
}
