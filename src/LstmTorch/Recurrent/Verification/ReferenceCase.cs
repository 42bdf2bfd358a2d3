using System.Text.Json;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Verification;

/// <summary>
/// One worked example of the cell: inputs, weights, and the outputs and gradients that an independent float64 implementation
/// got for them. The loss is Σ y·grad_y + Σ h_n·grad_h_n + Σ c_n·grad_c_n.
/// </summary>
/// <remarks>
/// Every case runs several steps from c_0 ≠ 0 with distinct weights: one step from a zero cell, the usual public test, cannot
/// see a broken W_ci or W_cf, and equal weights hide a wrong order of the gates.
/// </remarks>
public abstract class ReferenceCase
{
    private protected ReferenceCase(string name, Peephole peephole, int inputSize, int hiddenSize, int layers) =>
        (Name, Peephole, InputSize, HiddenSize, Layers) = (name, peephole, inputSize, hiddenSize, layers);

    /// <summary>The case's name.</summary>
    public string Name { get; }

    /// <summary>The peepholes of every layer.</summary>
    public Peephole Peephole { get; }

    /// <summary>D.</summary>
    public int InputSize { get; }

    /// <summary>H.</summary>
    public int HiddenSize { get; }

    /// <summary>L.</summary>
    public int Layers { get; }

    /// <summary>The cases that the library carries.</summary>
    public static IReadOnlyList<ReferenceCase> Embedded()
    {
        var assembly = typeof(ReferenceCase).Assembly;
        const string folder = "cases/";
        return
        [
            .. assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order().Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return Parse(reader.ReadToEnd(), name[folder.Length..]);
            }),
        ];
    }

    /// <summary>Reads a case from a file.</summary>
    /// <exception cref="LstmTorchException">The file is not there, or is no reference case.</exception>
    public static ReferenceCase Read(string path)
    {
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a case from its JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">The text is no reference case.</exception>
    public static ReferenceCase Parse(string json, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new JsonCase(document.RootElement.Clone());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new LstmTorchException(ErrorKind.BadData, $"{where}: not a reference case: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>Makes up a case of odd sizes and any peepholes; the reference kernel computes in float64 what comes out of it.</summary>
    /// <param name="number">Decides everything about it.</param>
    /// <returns>A case whose tensors belong to the current dispose scope.</returns>
    public static ReferenceCase Random(int number) => new RandomCase(number);

    /// <summary>A named array of the case as a float64 tensor, such as input [B, T, D], h_0 [L, B, H] or grad_y [B, T, H].</summary>
    public abstract Tensor Value(string name);

    /// <summary>The gradient of the loss with respect to input, h_0 or c_0.</summary>
    public abstract Tensor Gradient(string name);

    /// <summary>The weights of one layer under the names of the state dict without their layer, such as weight_ih [4H, D].</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Weights(int layer);

    /// <summary>The gradients of one layer's weights, named as <see cref="Weights"/>.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> WeightGradients(int layer);
}
