using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>How a cell's parameters start, drawn from TorchSharp's default generator.</summary>
/// <remarks>
/// Gate by gate: inputs Glorot uniform (Glorot and Bengio, 2010), recurrent weights orthogonal (Saxe et al., 2014), biases 0
/// but the forget gate's, which is 1 so that a new cell remembers (Jozefowicz et al., 2015). Peepholes start at zero: the
/// new cell is a plain LSTM and learns what to see; other starts are compared in docs/design.md.
/// </remarks>
public static class CellInitialization
{
    /// <summary>Fills all parameters of a cell anew.</summary>
    public static void Apply(PeepholeLstmCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        for (int gate = 0; gate < GateOrder.Count; gate++)
        {
            nn.init.xavier_uniform_(GateOrder.Rows(cell.weight_ih, gate));
            nn.init.orthogonal_(GateOrder.Rows(cell.weight_hh, gate));
        }

        cell.bias.zero_();
        GateOrder.Rows(cell.bias, GateOrder.Forget).fill_(1);
        foreach (Parameter? peephole in new[] { cell.weight_ci, cell.weight_cf, cell.weight_cc, cell.weight_co })
            peephole?.zero_();
    }
}
