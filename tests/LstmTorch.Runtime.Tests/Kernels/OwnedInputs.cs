using LstmTorch.Runtime.Kernels;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>The weights of a case in guarded memory.</summary>
internal sealed unsafe class OwnedWeights : IDisposable
{
    private readonly List<GuardedFloats> _owned = [];

    public OwnedWeights(ScalarWeights weights) => Pointers = new LayerWeights
    {
        Ih = Own(weights.Ih),
        Hh = Own(weights.Hh),
        Bias = Own(weights.Bias),
        Ci = Own(weights.Peepholes[0]),
        Cf = Own(weights.Peepholes[1]),
        Cc = Own(weights.Peepholes[2]),
        Co = Own(weights.Peepholes[3]),
    };

    public LayerWeights Pointers { get; }

    public void Dispose() => _owned.ForEach(floats => floats.Dispose());

    private float* Own(double[] values)
    {
        _owned.Add(new GuardedFloats(values));
        return _owned[^1].Data;
    }
}

/// <summary>The inputs and upstream gradients of a case in guarded memory, batch-major.</summary>
internal sealed unsafe class OwnedInputs : IDisposable
{
    private readonly List<GuardedFloats> _owned = [];

    public OwnedInputs(SequenceCase given)
    {
        X = StridedSequence.BatchMajor(Own(given.X), given.Shape.Steps, given.Shape.InputSize);
        DY = given.DY is null ? default : StridedSequence.BatchMajor(Own(given.DY), given.Shape.Steps, given.Shape.HiddenSize);
        H0 = Own(given.H0);
        C0 = Own(given.C0);
        DHn = Own(given.DHn);
        DCn = Own(given.DCn);
    }

    public StridedSequence X { get; }

    public StridedSequence DY { get; }

    public float* H0 { get; }

    public float* C0 { get; }

    public float* DHn { get; }

    public float* DCn { get; }

    public void Dispose() => _owned.ForEach(floats => floats.Dispose());

    private float* Own(double[]? values)
    {
        if (values is null)
        {
            return null;
        }

        _owned.Add(new GuardedFloats(values));
        return _owned[^1].Data;
    }
}
