using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>How a cell's parameters start, drawn from TorchSharp's default generator.</summary>
/// <remarks>
/// The CPU's generator, wherever the cell lives: one seed gives one start on every device.
/// Input weights Glorot uniform over all gates together (Glorot and Bengio, 2010), recurrent weights with orthonormal columns
/// over all gates together (Saxe et al., 2014), both as Keras does; biases 0 but the forget gate's, which is 1 so that a new
/// cell remembers (Jozefowicz et al., 2015). Peepholes start at −¼, on the diagonal where they are full: a cell that has
/// grown holds its own gates back. Measured against other starts in docs/design.md.
/// </remarks>
public static class CellInitialization
{
    /// <summary>Where each unit's view of its own cell starts.</summary>
    public const double PeepholeStart = -0.25;

    /// <summary>Fills all parameters of a cell anew.</summary>
    public static void Apply(PeepholeLstmCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        // Held while native code reads them: a garbage collection would free a scalar that is converted in the call.
        using Scalar forgetStart = 1, peepholeStart = PeepholeStart;
        Set(cell.weight_ih, nn.init.xavier_uniform_);
        Set(cell.weight_hh, nn.init.orthogonal_);
        cell.bias.zero_();
        GateOrder.Rows(cell.bias, GateOrder.Forget).fill_(forgetStart);
        foreach (Parameter? peephole in new[] { cell.weight_ci, cell.weight_cf, cell.weight_cc, cell.weight_co })
        {
            if (peephole is { } vector && vector.dim() == 1)
                vector.fill_(peepholeStart);
            else if (peephole is { } matrix)
                nn.init.eye_(matrix).mul_(peepholeStart);
        }
    }

    /// <summary>Draws on the CPU what a parameter on any device shall be.</summary>
    private static void Set(Parameter parameter, Func<Tensor, double, Tensor> draw) =>
        parameter.copy_(draw(empty(parameter.shape, dtype: parameter.dtype), 1));
}
