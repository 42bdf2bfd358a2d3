using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>The sizes of one layer's run over one batch of sequences, each at least 1.</summary>
/// <param name="Batch">Sequences, B.</param>
/// <param name="Steps">Time steps, T.</param>
/// <param name="InputSize">Features a step, D.</param>
/// <param name="HiddenSize">Units, H.</param>
/// <param name="Peephole">Which gates see the cell, and how.</param>
internal readonly record struct SequenceShape(int Batch, int Steps, int InputSize, int HiddenSize, Peephole Peephole)
{
    /// <summary>True if the gate has a matrix.</summary>
    public bool Full(PeepholeConnections gate) => Peephole.Kind == PeepholeKind.Full && Peephole.Sees(gate);

    /// <summary>True if the gate has a vector.</summary>
    public bool Diagonal(PeepholeConnections gate) => Peephole.Kind == PeepholeKind.Diagonal && Peephole.Sees(gate);

    /// <summary>Floating-point operations of a forward pass, the products only.</summary>
    public double Flops
    {
        get
        {
            int matrices = Peephole.Kind == PeepholeKind.Full ? System.Numerics.BitOperations.PopCount((uint)Peephole.Connections) : 0;
            return 2.0 * Batch * Steps * HiddenSize * ((4.0 * (InputSize + HiddenSize)) + ((double)matrices * HiddenSize));
        }
    }

    /// <summary>Refuses sizes below 1.</summary>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(InputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(HiddenSize, 1);
    }
}

/// <summary>A [B, T, n] or [T, B, n] array of floats whose last axis is contiguous. Strides count floats.</summary>
/// <param name="Data">Element [0, 0, 0]; null where the array is absent.</param>
/// <param name="BatchStride">From one sequence to the next.</param>
/// <param name="StepStride">From one time step to the next.</param>
internal readonly unsafe record struct StridedSequence(nint Data, nint BatchStride, nint StepStride)
{
    /// <summary>A contiguous [B, T, n] array.</summary>
    public static StridedSequence BatchMajor(float* data, int steps, int size) => new((nint)data, (nint)steps * size, size);

    /// <summary>A contiguous [T, B, n] array.</summary>
    public static StridedSequence TimeMajor(float* data, int batch, int size) => new((nint)data, size, (nint)batch * size);

    /// <summary>True if there is no array.</summary>
    public bool Absent => Data == 0;

    /// <summary>The n floats of a sequence at a step.</summary>
    public float* At(int sequence, int step) => (float*)Data + (sequence * BatchStride) + (step * StepStride);
}

/// <summary>
/// Pointers to the parameters of a layer, or to their gradients. Contiguous, rows in the order of the gates i f g o.
/// </summary>
/// <remarks>
/// A peephole is [H, H] for full matrices and [H] for diagonal ones; those that are not connected are never touched.
/// Among gradients any pointer may be null: that gradient is not wanted.
/// </remarks>
internal unsafe struct LayerWeights
{
    /// <summary>Input weights [4H, D].</summary>
    public float* Ih;

    /// <summary>Recurrent weights [4H, H].</summary>
    public float* Hh;

    /// <summary>Bias [4H]; null means zeros.</summary>
    public float* Bias;

    /// <summary>Peephole of the input gate.</summary>
    public float* Ci;

    /// <summary>Peephole of the forget gate.</summary>
    public float* Cf;

    /// <summary>Peephole of the candidate.</summary>
    public float* Cc;

    /// <summary>Peephole of the output gate, which sees the new cell.</summary>
    public float* Co;

    /// <summary>The peephole of a gate, 0 to 3 for i f g o.</summary>
    public readonly float* Peephole(int gate) => gate switch { 0 => Ci, 1 => Cf, 2 => Cc, _ => Co };
}
