using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>
/// Steps through time with libtorch's matrix products and small kernels between them. Serves every device and size; for those
/// that the kernels for whole sequences do not.
/// </summary>
internal sealed class StepwiseRecurrence
{
    private const int Threads = 256;
    private static readonly string[] s_files = ["stepwise.cu"];

    private readonly CudaDevice _device;
    private readonly Peephole _peephole;
    private readonly IReadOnlyList<GateRun> _runs;
    private readonly Tensor?[] _runWeights;
    private readonly Tensor? _fullCo;
    private readonly RecurrentWeights _weights;

    /// <summary>Prepares a pass.</summary>
    /// <param name="device">The device.</param>
    /// <param name="peephole">The cell's peepholes.</param>
    /// <param name="weights">The cell's weights.</param>
    public StepwiseRecurrence(CudaDevice device, Peephole peephole, RecurrentWeights weights)
    {
        (_device, _peephole, _weights) = (device, peephole, weights);
        _runs = GateRun.SeeingTheCellBefore(peephole);
        Tensor?[] seen = [weights.Ci, weights.Cf, weights.Cc];
        _runWeights = [.. _runs.Select(run => run.Count == 1 ? seen[run.First] : cat([.. seen[run.First..(run.First + run.Count)].OfType<Tensor>()]))];
        _fullCo = peephole.Kind == PeepholeKind.Full ? weights.Co : null;
    }

    /// <summary>Compiles the kernels ahead of the first pass.</summary>
    /// <exception cref="Runtime.LstmTorchException">The compiler does not serve the device.</exception>
    public static void Compile(CudaDevice device) => device.Function(s_files, [], "forward_step");

    /// <summary>Computes h, c and the gates.</summary>
    public void Forward(ForwardTensors tensors)
    {
        Start(tensors.H.select(0, 0), tensors.H0);
        Start(tensors.C.select(0, 0), tensors.C0);
        Tensor[] gates = tensors.Gates.unbind(0), h = tensors.H.unbind(0), c = tensors.C.unbind(0);
        Tensor[][] runs = [.. _runs.Select(run => run.Columns(tensors.Gates).unbind(0))];
        Tensor[]? outputs = _fullCo is null ? null : new GateRun(GateOrder.Output, 1).Columns(tensors.Gates).unbind(0);
        Tensor hh = _weights.Hh.t();
        Tensor?[] runWeights = [.. _runWeights.Select(weight => weight!.t())];
        Tensor? co = _fullCo?.t();
        CudaFunction whole = Kernel("forward_step"), cell = Kernel("forward_cell"), hidden = Kernel("forward_hidden");

        using var current = _device.Use();
        for (int t = 0; t < gates.Length; t++)
        {
            gates[t].addmm_(h[t], hh);
            for (int run = 0; run < runs.Length; run++)
                runs[run][t].addmm_(c[t], runWeights[run]!);

            var step = new ForwardStepArguments
            {
                I = Diagonal(_weights.Ci),
                F = Diagonal(_weights.Cf),
                G = Diagonal(_weights.Cc),
                O = Diagonal(_weights.Co),
                Gates = TensorMemory.Address(gates[t]),
                CBefore = TensorMemory.Address(c[t]),
                C = TensorMemory.Address(c[t + 1]),
                H = TensorMemory.Address(h[t + 1]),
                Batch = (int)h[t].shape[0],
                HiddenSize = (int)h[t].shape[1],
            };
            if (outputs is null)
            {
                Launch(whole, step, step.Batch, step.HiddenSize);
            }
            else
            {
                Launch(cell, step, step.Batch, step.HiddenSize);
                outputs[t].addmm_(c[t + 1], co!);
                Launch(hidden, step, step.Batch, step.HiddenSize);
            }
        }
    }

    /// <summary>Computes the gradients of the gates and of the initial state.</summary>
    public void Backward(BackwardTensors tensors)
    {
        Tensor dh = tensors.DH0 ?? empty_like(tensors.C[0]), dc = tensors.DC0 ?? empty_like(tensors.C[0]);
        Start(dh, tensors.DHn);
        Start(dc, tensors.DCn);
        tensors.Sums.zero_();
        Tensor[] gates = tensors.Gates.unbind(0), c = tensors.C.unbind(0), da = tensors.DA.unbind(0);
        Tensor[]? dy = tensors.DY?.unbind(0);
        Tensor[][] runs = [.. _runs.Select(run => run.Columns(tensors.DA).unbind(0))];
        Tensor[]? outputs = _fullCo is null ? null : new GateRun(GateOrder.Output, 1).Columns(tensors.DA).unbind(0);
        CudaFunction whole = Kernel("backward_step"), cell = Kernel("backward_cell"), hidden = Kernel("backward_hidden");

        using var current = _device.Use();
        for (int t = gates.Length - 1; t >= 0; t--)
        {
            var step = new BackwardStepArguments
            {
                I = Diagonal(_weights.Ci),
                F = Diagonal(_weights.Cf),
                G = Diagonal(_weights.Cc),
                O = Diagonal(_weights.Co),
                Gates = TensorMemory.Address(gates[t]),
                CBefore = TensorMemory.Address(c[t]),
                C = TensorMemory.Address(c[t + 1]),
                DY = dy is null ? 0 : TensorMemory.Address(dy[t]),
                DH = TensorMemory.Address(dh),
                DC = TensorMemory.Address(dc),
                DA = TensorMemory.Address(da[t]),
                Sums = TensorMemory.Address(tensors.Sums),
                Batch = (int)dh.shape[0],
                HiddenSize = (int)dh.shape[1],
            };
            if (outputs is null)
            {
                Launch(whole, step, step.Batch, step.HiddenSize);
            }
            else
            {
                Launch(hidden, step, step.Batch, step.HiddenSize);
                dc.addmm_(outputs[t], _fullCo!);
                Launch(cell, step, step.Batch, step.HiddenSize);
            }

            for (int run = 0; run < runs.Length; run++)
                dc.addmm_(runs[run][t], _runWeights[run]!);
            dh.addmm_(da[t], _weights.Hh, beta: 0);
        }
    }

    private static void Start(Tensor first, Tensor? given)
    {
        if (given is null)
            first.zero_();
        else
            first.copy_(given);
    }

    private nint Diagonal(Tensor? weight) =>
        weight is not null && _peephole.Kind == PeepholeKind.Diagonal ? TensorMemory.Address(weight) : 0;

    private CudaFunction Kernel(string name) => _device.Function(s_files, [], name);

    private static void Launch<T>(CudaFunction kernel, in T step, long batch, long hiddenSize)
        where T : unmanaged => kernel.Launch(step, checked((int)(((batch * hiddenSize) + Threads - 1) / Threads)), Threads);
}
