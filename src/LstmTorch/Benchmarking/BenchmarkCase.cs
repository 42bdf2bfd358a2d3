using System.Globalization;
using System.Text.Json.Serialization;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Benchmarking;

/// <summary>How much of a training step is timed.</summary>
public enum BenchmarkPass
{
    /// <summary>The layers without gradients.</summary>
    Forward,

    /// <summary>The layers forward and backward: gradients of the input and of every parameter.</summary>
    Train,

    /// <summary>A whole training step of a forecaster: layers, dropout 0.2, linear head, mean squared error, gradients and Adam.</summary>
    Step,
}

/// <summary>One shape to time.</summary>
/// <param name="Batch">B, sequences at once.</param>
/// <param name="Steps">T, the length of a sequence.</param>
/// <param name="InputSize">D, the width of the input.</param>
/// <param name="HiddenSize">H, the width of every layer.</param>
/// <param name="Layers">How many layers.</param>
/// <param name="Pass">What is timed.</param>
/// <param name="Peephole">The peepholes of our side, connected to all of i, f, c and o; <c>nn.LSTM</c> has none.</param>
public sealed record BenchmarkCase(
    [property: JsonRequired] int Batch,
    [property: JsonRequired] int Steps,
    [property: JsonRequired] int InputSize,
    [property: JsonRequired] int HiddenSize,
    [property: JsonRequired] int Layers,
    [property: JsonRequired] BenchmarkPass Pass,
    [property: JsonRequired] PeepholeKind Peephole)
{
    private const int LargestSize = 65_536;

    /// <summary>The documented model, a range of common shapes from H = 32 to 512, and one long sequence.</summary>
    public static IReadOnlyList<BenchmarkCase> Default { get; } =
    [
        .. Both(32, 30, 4, 50, 3, BenchmarkPass.Train),
        .. Both(32, 30, 4, 50, 3, BenchmarkPass.Forward),
        .. Both(64, 96, 7, 64, 1, BenchmarkPass.Train),
        .. Both(64, 96, 7, 128, 2, BenchmarkPass.Train),
        .. Both(16, 336, 7, 128, 1, BenchmarkPass.Train),
        .. Both(256, 48, 4, 32, 1, BenchmarkPass.Train),
        .. Both(64, 128, 256, 256, 1, BenchmarkPass.Train),
        .. Both(64, 128, 512, 512, 1, BenchmarkPass.Train),
        .. Both(1, 1024, 8, 64, 1, BenchmarkPass.Forward),
        .. Both(32, 30, 4, 50, 3, BenchmarkPass.Step),
    ];

    /// <summary>Multiplications and additions of our side that the equations ask for; a training pass takes three times a forward one.</summary>
    [JsonIgnore]
    public double Operations
    {
        get
        {
            double weights = 0;
            for (int layer = 0; layer < Layers; layer++)
                weights += (4.0 * HiddenSize * ((layer == 0 ? InputSize : HiddenSize) + HiddenSize)) + PeepholeWeights;
            return 2 * weights * Batch * Steps * (Pass == BenchmarkPass.Forward ? 1 : 3);
        }
    }

    /// <summary>Reads B,T,D,H or B,T,D,H,layers.</summary>
    /// <param name="text">Four or five whole numbers with commas between them.</param>
    /// <param name="pass">What to time.</param>
    /// <param name="peephole">The peepholes of our side.</param>
    /// <exception cref="LstmTorchException">It is something else.</exception>
    public static BenchmarkCase Parse(string text, BenchmarkPass pass, PeepholeKind peephole)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] sizes = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0)];
        if (sizes.Length is not (4 or 5))
            throw new LstmTorchException(ErrorKind.Usage, $"--case {text}: give batch, steps, input size, hidden size and, if not 1, layers, such as 32,30,4,50,3");

        var result = new BenchmarkCase(sizes[0], sizes[1], sizes[2], sizes[3], sizes.Length == 5 ? sizes[4] : 1, pass, peephole);
        result.Validate();
        return result;
    }

    /// <summary>Checks that every size is from 1 to 65536.</summary>
    /// <exception cref="LstmTorchException">One is not.</exception>
    public void Validate()
    {
        if (new[] { Batch, Steps, InputSize, HiddenSize, Layers }.Any(size => size is < 1 or > LargestSize))
            throw new LstmTorchException(ErrorKind.Usage, $"case {this}: every size must be from 1 to {LargestSize}");
    }

    /// <summary>The sizes as <see cref="Parse"/> reads them.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Batch},{Steps},{InputSize},{HiddenSize},{Layers}");

    private double PeepholeWeights => Peephole switch
    {
        PeepholeKind.Full => 4.0 * HiddenSize * HiddenSize,
        PeepholeKind.Diagonal => 4.0 * HiddenSize,
        _ => 0,
    };

    private static BenchmarkCase[] Both(int batch, int steps, int inputSize, int hiddenSize, int layers, BenchmarkPass pass) =>
    [
        new(batch, steps, inputSize, hiddenSize, layers, pass, PeepholeKind.Diagonal),
        new(batch, steps, inputSize, hiddenSize, layers, pass, PeepholeKind.Full),
    ];
}
