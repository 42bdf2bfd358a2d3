using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>Inputs and upstream gradients of one layer, batch-major, in float64 values that float32 holds exactly.</summary>
internal sealed class SequenceCase
{
    public required SequenceShape Shape { get; init; }

    public required ScalarWeights Weights { get; init; }

    public required double[] X { get; init; }

    public double[]? H0 { get; init; }

    public double[]? C0 { get; init; }

    public double[]? DY { get; init; }

    public double[]? DHn { get; init; }

    public double[]? DCn { get; init; }

    public static SequenceCase Random(SequenceShape shape, int seed)
    {
        var random = new Random(seed);
        double[] Values(int length, double scale) =>
            [.. Enumerable.Range(0, length).Select(_ => (double)(float)(((2 * random.NextDouble()) - 1) * scale))];

        int h = shape.HiddenSize;
        double recurrent = 1 / Math.Sqrt(h);
        return new SequenceCase
        {
            Shape = shape,
            Weights = new ScalarWeights(
                Values(4 * h * shape.InputSize, 1 / Math.Sqrt(shape.InputSize)), Values(4 * h * h, recurrent), Values(4 * h, 0.5),
                [.. Enumerable.Range(0, 4).Select(gate =>
                    Values(ScalarWeights.PeepholeLength(shape, gate), shape.Peephole.Kind == PeepholeKind.Full ? recurrent : 0.7))]),
            X = Values(shape.Batch * shape.Steps * shape.InputSize, 1),
            H0 = Values(shape.Batch * h, 1),
            C0 = Values(shape.Batch * h, 1.5),
            DY = Values(shape.Batch * shape.Steps * h, 1),
            DHn = Values(shape.Batch * h, 1),
            DCn = Values(shape.Batch * h, 1),
        };
    }

    public ScalarLstm RunScalar()
    {
        int states = Shape.Batch * Shape.HiddenSize;
        var scalar = new ScalarLstm(Shape, Weights, X, H0 ?? new double[states], C0 ?? new double[states]);
        scalar.Forward();
        scalar.Backward(DY, DHn, DCn);
        return scalar;
    }
}
