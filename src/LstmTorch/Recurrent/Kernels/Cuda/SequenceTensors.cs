using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The weights of a cell's recurrence, contiguous; null where the cell has none.</summary>
/// <param name="Hh">W_h· of all gates, [4H, H].</param>
/// <param name="Ci">W_ci, [H, H] or [H].</param>
/// <param name="Cf">W_cf.</param>
/// <param name="Cc">W_cc.</param>
/// <param name="Co">W_co.</param>
internal readonly record struct RecurrentWeights(Tensor Hh, Tensor? Ci, Tensor? Cf, Tensor? Cc, Tensor? Co);

/// <summary>What a recurrence reads and writes forward: float32, contiguous, on its device.</summary>
/// <param name="Gates">[T, B, 4H]: in W_x x + b, out the activated gates i f g o.</param>
/// <param name="H">Out, [T + 1, B, H]: h_0 and every h_t.</param>
/// <param name="C">Out, [T + 1, B, H]: c_0 and every c_t.</param>
/// <param name="H0">h_0, [B, H]; null for zeros.</param>
/// <param name="C0">c_0, [B, H]; null for zeros.</param>
internal readonly record struct ForwardTensors(Tensor Gates, Tensor H, Tensor C, Tensor? H0, Tensor? C0);

/// <summary>What a recurrence reads and writes backward: float32, contiguous, on its device.</summary>
/// <param name="Gates">As the forward pass left them, [T, B, 4H].</param>
/// <param name="C">As the forward pass left it, [T + 1, B, H].</param>
/// <param name="DY">dL/dy, [T, B, H]; null for zeros.</param>
/// <param name="DHn">dL/dh_n, [B, H]; null for zeros.</param>
/// <param name="DCn">dL/dc_n, [B, H]; null for zeros.</param>
/// <param name="DA">Out, [T, B, 4H]: the gradients of what enters the activations.</param>
/// <param name="DH0">Out, dL/dh_0, [B, H]; null if it is not wanted.</param>
/// <param name="DC0">Out, dL/dc_0, [B, H]; null if it is not wanted.</param>
/// <param name="Sums">
/// Out, [8, B, H]: sums over time of da of i f g o, and of each times the cell that its peephole sees; the last four rows with
/// diagonal peepholes only.
/// </param>
internal readonly record struct BackwardTensors(
    Tensor Gates, Tensor C, Tensor? DY, Tensor? DHn, Tensor? DCn, Tensor DA, Tensor? DH0, Tensor? DC0, Tensor Sums);
