using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>Peephole LSTM layers over a sequence, each fed with the one below: <c>nn.LSTM</c> with peepholes and free widths.</summary>
/// <remarks>
/// Without peepholes and with equal widths, values and gradients are those of <c>nn.LSTM</c> whose two biases are added.
/// The state dict holds, for layer k: weight_ih_l{k}, weight_hh_l{k}, bias_l{k}, and the peepholes that are connected,
/// weight_ci_l{k}, weight_cf_l{k}, weight_cc_l{k}, weight_co_l{k}; see <see cref="PeepholeLstmCell"/> for their shapes.
/// </remarks>
public sealed class PeepholeLstm : nn.Module<Tensor, IReadOnlyList<LstmState>?, (Tensor Output, IReadOnlyList<LstmState> Last)>
{
    private readonly ModuleList<PeepholeLstmCell> layers;
    private readonly double _dropout;
    private readonly bool _batchFirst;

    /// <summary>Creates the layers and initializes their parameters.</summary>
    /// <param name="inputSize">D, the width of the input.</param>
    /// <param name="hiddenSizes">The width of each layer, from the input upwards.</param>
    /// <param name="peephole">The peepholes of every layer.</param>
    /// <param name="dropout">The share of units dropped between layers in training; none after the last layer.</param>
    /// <param name="batchFirst">True for inputs [B, T, D], false for [T, B, D]; the output has the same layout.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; the CPU if null.</param>
    /// <exception cref="ArgumentException">No layer, or a dropout outside [0, 1).</exception>
    public PeepholeLstm(
        long inputSize,
        IReadOnlyList<int> hiddenSizes,
        Peephole peephole,
        double dropout = 0,
        bool batchFirst = true,
        ScalarType dtype = ScalarType.Float32,
        Device? device = null)
        : base(nameof(PeepholeLstm))
    {
        ArgumentNullException.ThrowIfNull(hiddenSizes);
        if (hiddenSizes.Count == 0)
            throw new ArgumentException("At least one layer is needed.", nameof(hiddenSizes));
        if (dropout is not (>= 0 and < 1))
            throw new ArgumentException($"Dropout {dropout} is outside [0, 1).", nameof(dropout));

        InputSize = inputSize;
        _dropout = dropout;
        _batchFirst = batchFirst;
        layers = [];
        foreach (int hiddenSize in hiddenSizes)
        {
            layers.Add(new PeepholeLstmCell(inputSize, hiddenSize, peephole, dtype, device));
            inputSize = hiddenSize;
        }

        RegisterComponents();
    }

    /// <summary>D, the width of the input.</summary>
    public long InputSize { get; }

    /// <summary>The layers, from the input upwards.</summary>
    public IReadOnlyList<PeepholeLstmCell> Layers => [.. layers];

    /// <summary>The kernel to use: a name of <see cref="LstmKernels.Names"/>.</summary>
    /// <value>auto.</value>
    public string Kernel { get; set; } = LstmKernels.Auto;

    /// <summary>How matrix products of every layer round their factors on a CUDA device; see <see cref="PeepholeLstmCell.Precision"/>.</summary>
    /// <value>fp32.</value>
    public MatrixPrecision Precision
    {
        get => layers[0].Precision;
        set
        {
            foreach (PeepholeLstmCell cell in layers)
                cell.Precision = value;
        }
    }

    /// <summary>Whether the backward pass of every layer adds to its parameters' grad itself; see <see cref="PeepholeLstmCell.AccumulatesGradients"/>.</summary>
    /// <value>false.</value>
    public bool AccumulatesGradients
    {
        get => layers[0].AccumulatesGradients;
        set
        {
            foreach (PeepholeLstmCell cell in layers)
                cell.AccumulatesGradients = value;
        }
    }

    /// <summary>Whether dropout between layers draws units at every time step, or once a sequence.</summary>
    /// <value>At every time step.</value>
    public DropoutKind DropoutKind { get; init; } = DropoutKind.Standard;

    /// <summary>
    /// The share of each layer's weight_hh that is dropped in training, anew in each call and the same for all sequences and steps
    /// of it (Merity, Keskar and Socher, "Regularizing and Optimizing LSTM Language Models", 2018, section 2).
    /// </summary>
    /// <remarks>A mask on h itself would be drawn inside the recurrence; one on the weights leaves every kernel as fast as it is.</remarks>
    /// <value>0; from 0 to below 1.</value>
    /// <exception cref="ArgumentException">It is outside of [0, 1).</exception>
    public double RecurrentDropout
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentException($"Recurrent dropout {value} is outside [0, 1).", nameof(value));
    }

    /// <summary>Runs all layers over the sequence.</summary>
    /// <param name="input">x, [B, T, D], or [T, B, D] if the module is not batch-first.</param>
    /// <param name="initial">h_0 and c_0 of each layer, [B, H] each; null for zeros.</param>
    /// <returns>The last layer's h over time, [B, T, H] or [T, B, H], and each layer's state after the last step.</returns>
    /// <exception cref="ArgumentException">A shape does not fit; the message gives both.</exception>
    public override (Tensor Output, IReadOnlyList<LstmState> Last) forward(Tensor input, IReadOnlyList<LstmState>? initial = null)
    {
        CheckShapes(input, initial);
        using var scope = NewDisposeScope();
        Tensor x = _batchFirst ? input.transpose(0, 1) : input;
        var last = new LstmState[layers.Count];
        for (int k = 0; k < layers.Count; k++)
        {
            PeepholeLstmCell cell = layers[k];
            (x, last[k]) = Forward(cell, x, initial?[k]);
            if (k < layers.Count - 1 && training && _dropout > 0)
                x = CounterDropout.Apply(x, _dropout, CounterDropout.NewKey(), sameOverTime: DropoutKind == DropoutKind.Variational);
        }

        Tensor output = _batchFirst ? x.transpose(0, 1) : x;
        return (output.MoveToOuterDisposeScope(), [.. last.Select(state => state.MoveToOuterDisposeScope())]);
    }

    private (Tensor Output, LstmState Last) Forward(PeepholeLstmCell cell, Tensor x, LstmState? state)
    {
        ILstmKernel kernel = LstmKernels.Choose(Kernel, cell, x);
        if (!training || RecurrentDropout == 0)
            return kernel.Forward(cell, x, state);
        cell.Recurrent = CounterDropout.Apply(cell.weight_hh, RecurrentDropout, CounterDropout.NewKey());
        try
        {
            return kernel.Forward(cell, x, state);
        }
        finally
        {
            cell.Recurrent = cell.weight_hh;
        }
    }

    /// <summary>The parameters under the names of the state dict.</summary>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        recurse
            ? layers.SelectMany((cell, k) => cell.named_parameters().Select(entry => ($"{entry.name}_l{k}", entry.parameter)))
            : [];

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        StateDict.Of(named_parameters(), destination, prefix);

    private void CheckShapes(Tensor input, IReadOnlyList<LstmState>? initial)
    {
        ArgumentNullException.ThrowIfNull(input);
        string expected = _batchFirst ? $"[B, T, {InputSize}]" : $"[T, B, {InputSize}]";
        if (input.dim() != 3 || input.shape[2] != InputSize || input.shape[0] < 1 || input.shape[1] < 1)
            throw new ArgumentException($"Input is [{string.Join(", ", input.shape)}], expected {expected} with B and T at least 1.", nameof(input));
        if (initial is null)
            return;

        if (initial.Count != layers.Count)
            throw new ArgumentException($"{initial.Count} initial states for {layers.Count} layers.", nameof(initial));

        long batch = input.shape[_batchFirst ? 0 : 1];
        for (int k = 0; k < initial.Count; k++)
        {
            long[] shape = [batch, layers[k].HiddenSize];
            if (!initial[k].Hidden.shape.SequenceEqual(shape) || !initial[k].Cell.shape.SequenceEqual(shape))
                throw new ArgumentException(
                    $"Initial state of layer {k} is h [{string.Join(", ", initial[k].Hidden.shape)}], c [{string.Join(", ", initial[k].Cell.shape)}], expected [{string.Join(", ", shape)}].",
                    nameof(initial));
        }
    }
}
