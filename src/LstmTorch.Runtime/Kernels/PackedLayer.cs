using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// A layer's weights, copied into the order of the forward products once, for any number of runs at the same time.
/// </summary>
internal sealed class PackedLayer : IDisposable
{
    private readonly Workspace _workspace;

    /// <summary>Packs a layer's weights; the arrays are not needed afterwards.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="inputSize">Features a step, D.</param>
    /// <param name="hiddenSize">Units, H.</param>
    /// <param name="peephole">Which gates see the cell, and how.</param>
    /// <param name="kernels">The vector width; null for the widest that this processor has.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public PackedLayer(in LayerWeights weights, int inputSize, int hiddenSize, Peephole peephole, KernelSet? kernels = null)
    {
        Kernels = kernels ?? KernelSet.Widest;
        Shape = new SequenceShape(1, 1, inputSize, hiddenSize, peephole);
        Shape.Check();
        var layout = new SequenceLayout(Shape, Kernels.Width);
        _workspace = Workspace.Rent(PackedWeights.Bytes(layout));
        Weights = PackedWeights.Place(layout, _workspace);
        Weights.Fill(weights, Kernels.PanelVectors, part: 0, parts: 1);
    }

    /// <summary>The layer's sizes; batch and steps are 1.</summary>
    public SequenceShape Shape { get; }

    /// <summary>The kernels that read this order.</summary>
    public KernelSet Kernels { get; }

    /// <summary>The packed weights.</summary>
    public PackedWeights Weights { get; }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();
}
