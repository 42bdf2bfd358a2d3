using LstmTorch.Runtime.Model;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>The peephole LSTM cell: one layer's parameters, and the equations of one time step.</summary>
/// <remarks>
/// <code>
/// i_t = σ(W_xi x_t + W_hi h_{t-1} + W_ci c_{t-1} + b_i)       input gate
/// f_t = σ(W_xf x_t + W_hf h_{t-1} + W_cf c_{t-1} + b_f)       forget gate
/// g_t = tanh(W_xc x_t + W_hc h_{t-1} + W_cc c_{t-1} + b_c)    candidate
/// c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t                             cell state
/// o_t = σ(W_xo x_t + W_ho h_{t-1} + W_co c_t + b_o)           output gate: sees the NEW cell
/// h_t = o_t ⊙ tanh(c_t)                                       hidden state
/// </code>
/// <para>
/// In a full peephole each W_c· is a matrix [H, H]; in a diagonal one a vector [H], and the product is ⊙; a gate that is not
/// connected has no such term. Every kernel in <see cref="Kernels"/> must agree with <see cref="forward"/>.
/// </para>
/// <para>
/// Shapes: B batch, D inputs, H hidden units. Gates lie in the order of <see cref="GateOrder"/>. The fields are named as the
/// state dict names them, since TorchSharp takes its names from the fields.
/// </para>
/// <para>
/// Sources: Hochreiter and Schmidhuber (1997); Gers, Schmidhuber and Cummins (2000), the forget gate; Gers, Schraudolph and
/// Schmidhuber (2002), peepholes; Graves (2013), equations 7 to 11. Matrices in place of their vectors, and the candidate's
/// peephole, widen the form of the literature.
/// </para>
/// </remarks>
public sealed class PeepholeLstmCell : nn.Module<Tensor, LstmState, LstmState>
{
    /// <summary>W_x· of all gates, [4H, D].</summary>
    internal Parameter weight_ih;

    /// <summary>W_h· of all gates, [4H, H].</summary>
    internal Parameter weight_hh;

    /// <summary>b of all gates, [4H].</summary>
    internal Parameter bias;

    /// <summary>W_ci, [H, H] or [H]; null if the input gate does not see the cell.</summary>
    internal Parameter? weight_ci;

    /// <summary>W_cf, [H, H] or [H]; null if the forget gate does not see the cell.</summary>
    internal Parameter? weight_cf;

    /// <summary>W_cc, [H, H] or [H]; null if the candidate does not see the cell.</summary>
    internal Parameter? weight_cc;

    /// <summary>W_co, [H, H] or [H]; null if the output gate does not see the cell.</summary>
    internal Parameter? weight_co;

    // No field of type Tensor, which TorchSharp would take for a buffer of the module.
    private Term _dropped;

    /// <summary>Creates a cell and fills its parameters as <see cref="CellInitialization"/> says.</summary>
    /// <param name="inputSize">D, at least 1.</param>
    /// <param name="hiddenSize">H, at least 1.</param>
    /// <param name="peephole">The kind of the peepholes and the gates that have one.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; the CPU if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    public PeepholeLstmCell(
        long inputSize, long hiddenSize, Peephole peephole, ScalarType dtype = ScalarType.Float32, Device? device = null)
        : base(nameof(PeepholeLstmCell))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        InputSize = inputSize;
        HiddenSize = hiddenSize;
        Peephole = peephole;

        Parameter Weight(params long[] shape) => new(empty(shape, dtype, device));
        Parameter? CellWeight(PeepholeConnections gate) => !peephole.Sees(gate)
            ? null
            : peephole.Kind == PeepholeKind.Full ? Weight(hiddenSize, hiddenSize) : Weight(hiddenSize);

        weight_ih = Weight(GateOrder.Count * hiddenSize, inputSize);
        weight_hh = Weight(GateOrder.Count * hiddenSize, hiddenSize);
        bias = Weight(GateOrder.Count * hiddenSize);
        weight_ci = CellWeight(PeepholeConnections.Input);
        weight_cf = CellWeight(PeepholeConnections.Forget);
        weight_cc = CellWeight(PeepholeConnections.Candidate);
        weight_co = CellWeight(PeepholeConnections.Output);
        RegisterComponents();
        CellInitialization.Apply(this);
    }

    /// <summary>D, the width of the input.</summary>
    public long InputSize { get; }

    /// <summary>H, the number of hidden units.</summary>
    public long HiddenSize { get; }

    /// <summary>The kind of the peepholes and the gates that have one.</summary>
    public Peephole Peephole { get; }

    /// <summary>How matrix products round their factors on a CUDA device; a CPU computes in the parameters' own type.</summary>
    /// <value>fp32.</value>
    public MatrixPrecision Precision { get; set; } = MatrixPrecision.Fp32;

    /// <summary>
    /// Whether backward passes of the fused kernels add the gradients of this cell's parameters to their grad themselves. Autograd does it with a
    /// tensor and a kernel or two for each parameter, which on a GPU takes longer than a small layer.
    /// </summary>
    /// <remarks>For training by backward(): <c>autograd.grad</c> and hooks see no gradient of a parameter, and there are no second derivatives.</remarks>
    /// <value>false.</value>
    public bool AccumulatesGradients { get; set; }

    /// <summary>Whether a parameter is one of this cell's peephole matrices.</summary>
    internal bool IsFullPeephole(Parameter parameter) =>
        parameter.dim() == 2 && Array.Exists([weight_ci, weight_cf, weight_cc, weight_co], peephole => ReferenceEquals(peephole, parameter));

    /// <summary>Held by the backward pass that adds to the parameters' grad: there may be several at once, of graphs of several threads.</summary>
    internal Lock Accumulation { get; } = new();

    /// <summary>The W_h· that the equations use, [4H, H]: weight_hh, or in training what dropout leaves of it.</summary>
    internal Tensor Recurrent
    {
        get => _dropped.Value ?? weight_hh;
        set => _dropped = ReferenceEquals(value, weight_hh) ? default : new Term(value);
    }

    /// <summary>Advances the cell by one time step.</summary>
    /// <param name="input">x_t, [B, D].</param>
    /// <param name="state">h_{t-1} and c_{t-1}, [B, H] each.</param>
    /// <returns>h_t and c_t, [B, H] each.</returns>
    public override LstmState forward(Tensor input, LstmState state)
    {
        using var scope = NewDisposeScope();
        return Step(ProjectInput(input), state).MoveToOuterDisposeScope();
    }

    /// <summary>W_x x + b for all gates, [..., 4H]: the part of the equations that needs no state, for any number of steps at once.</summary>
    internal Tensor ProjectInput(Tensor input) => nn.functional.linear(input, weight_ih, bias);

    /// <summary>The equations, with W_x x_t + b already computed.</summary>
    internal LstmState Step(Tensor projectedInput, LstmState state)
    {
        var (h, c) = state;
        var (x_i, x_f, x_g, x_o) = Terms(projectedInput);
        var (h_i, h_f, h_g, h_o) = Terms(nn.functional.linear(h, Recurrent));

        Tensor i = sigmoid(x_i + h_i + Peep(weight_ci, c));
        Tensor f = sigmoid(x_f + h_f + Peep(weight_cf, c));
        Tensor g = tanh(x_g + h_g + Peep(weight_cc, c));
        Term kept = f * c, written = i * g;
        Tensor cNew = kept + written;
        Tensor o = sigmoid(x_o + h_o + Peep(weight_co, cNew));
        Tensor hNew = o * tanh(cNew);
        return new LstmState(hNew, cNew);
    }

    private static (Term I, Term F, Term G, Term O) Terms(Tensor gates)
    {
        var (i, f, g, o) = GateOrder.Split(gates);
        return (i, f, g, o);
    }

    private Term Peep(Parameter? weight, Tensor c) => new(OfCell(weight, c));

    /// <summary>W c: a matrix product, an elementwise one, or null where the gate does not see the cell.</summary>
    internal Tensor? OfCell(Parameter? weight, Tensor c) =>
        weight is null ? null : Peephole.Kind == PeepholeKind.Full ? nn.functional.linear(c, weight) : weight * c;

    /// <summary>A term of a sum. Adding nothing costs nothing, so that the equations need no branches; see also <see cref="HeldScalars"/>.</summary>
    private readonly record struct Term(Tensor? Value)
    {
        public static implicit operator Term(Tensor value) => new(value);

        public static implicit operator Tensor(Term term) => term.Value!;

        public static Term operator +(Term first, Term second) =>
            second.Value is null ? first : first.Value!.add(second.Value, alpha: HeldScalars.One);
    }
}
