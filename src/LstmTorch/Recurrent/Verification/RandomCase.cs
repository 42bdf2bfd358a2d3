using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Verification;

/// <summary>A case of random sizes, weights and inputs, with what the reference kernel makes of them in float64.</summary>
/// <remarks>
/// The sizes lie around the tiles and vectors of the kernels. Numbers are those of float32, so that no kernel starts from rounded
/// ones; weights and the outputs' gradients are scaled so that states and gradients are of the order of one, whatever the sizes, and
/// small enough that no unit's cell feeds back on itself by more than its gates forget: it would enlarge rounding from step to step, and
/// what is held against the tolerance would be the case and not the kernel.
/// </remarks>
internal sealed class RandomCase : ReferenceCase
{
    private static readonly int[] s_batches = [1, 2, 3, 5, 8, 17, 33];
    private static readonly int[] s_steps = [1, 2, 5, 16, 23];
    private static readonly int[] s_inputs = [1, 3, 8];
    private static readonly int[] s_hiddenSizes = [1, 2, 17, 50, 64, 100, 128, 200, 300, 600, 1024];

    private readonly Dictionary<string, Tensor> _values;
    private readonly Dictionary<string, Tensor>[] _weights;
    private readonly IReadOnlyDictionary<string, Tensor?> _outcome;

    /// <summary>Makes the case.</summary>
    /// <param name="number">Decides everything about it.</param>
    public RandomCase(int number)
        : this(number, new Random(number))
    {
    }

    /// <summary>The draws are made in the order of the arguments, which C# keeps.</summary>
    private RandomCase(int number, Random random)
        : this(
            number, Pick(random, s_batches), Pick(random, s_steps), Pick(random, s_inputs), Pick(random, s_hiddenSizes), AnyPeephole(random), random.Next(1, 3))
    {
    }

    private RandomCase(int number, int batch, int steps, int inputs, int hiddenSize, Peephole peephole, int layers)
        : base(
            $"random_{number} B={batch} T={steps} D={inputs} H={hiddenSize} L={layers} {Choices.Name(peephole.Kind)} {Peephole.Format(peephole.Connections)}".TrimEnd(),
            peephole,
            inputs,
            hiddenSize,
            layers)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)number);
        Tensor Normal(double scale, params long[] shape) => (randn(shape, dtype: ScalarType.Float32, generator: generator) * scale).to(ScalarType.Float64);
        double gradients = 1 / Math.Sqrt(batch * steps), weights = 0.7 / Math.Sqrt(hiddenSize);
        _values = new Dictionary<string, Tensor>
        {
            ["input"] = Normal(1, batch, steps, inputs),
            ["h_0"] = Normal(0.5, layers, batch, hiddenSize),
            ["c_0"] = Normal(1, layers, batch, hiddenSize),
            ["grad_y"] = Normal(gradients, batch, steps, hiddenSize),
            ["grad_h_n"] = Normal(gradients, layers, batch, hiddenSize),
            ["grad_c_n"] = Normal(gradients, layers, batch, hiddenSize),
        };
        _weights = new Dictionary<string, Tensor>[layers];
        for (int k = 0; k < layers; k++)
        {
            long rows = GateOrder.Count * hiddenSize, width = k == 0 ? inputs : hiddenSize;
            _weights[k] = new Dictionary<string, Tensor>
            {
                ["weight_ih"] = Normal(1 / Math.Sqrt(width), rows, width),
                ["weight_hh"] = Normal(weights, rows, hiddenSize),
                ["bias"] = Normal(0.5, rows),
            };
            foreach (char letter in Peephole.Format(peephole.Connections))
                _weights[k][$"weight_c{letter}"] = peephole.Kind == PeepholeKind.Full ? Normal(weights / 2, hiddenSize, hiddenSize) : Normal(0.25, hiddenSize);
        }

        _outcome = KernelOutcome.Of(this, new ReferenceKernel(), ScalarType.Float64, CPU, MatrixPrecision.Fp32);
        foreach (Tensor tensor in _values.Values.Concat(_weights.SelectMany(layer => layer.Values)).Concat(_outcome.Values.OfType<Tensor>()))
            tensor.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Value(string name) => _values.TryGetValue(name, out Tensor? value) ? value : _outcome[name]!;

    /// <inheritdoc/>
    public override Tensor Gradient(string name) => _outcome[$"grad {name}"]!;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Weights(int layer) => _weights[layer];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> WeightGradients(int layer) =>
        _weights[layer].Keys.ToDictionary(name => name, name => Gradient($"{name}_l{layer}"));

    private static int Pick(Random random, int[] sizes) => sizes[random.Next(sizes.Length)];

    private static Peephole AnyPeephole(Random random)
    {
        var connections = (PeepholeConnections)random.Next(1, (int)PeepholeConnections.All + 1);
        return random.Next(5) switch
        {
            0 => Peephole.None,
            1 or 2 => new Peephole(PeepholeKind.Diagonal, connections),
            _ => new Peephole(PeepholeKind.Full, connections),
        };
    }
}
