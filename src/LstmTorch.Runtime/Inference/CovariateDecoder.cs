using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Inference;

/// <summary>What covariates that are known in advance add to what the head says; the equations stand at <see cref="ForecasterConfig.FutureCovariates"/>.</summary>
internal sealed class CovariateDecoder
{
    private readonly float[] _weight;
    private readonly float[] _bias;
    private readonly float[] _head;
    private readonly int _hidden, _covariates, _horizon, _outputs;

    /// <summary>Takes the weights of a model.</summary>
    public CovariateDecoder(Dictionary<string, SafetensorsTensor> tensors, ForecasterConfig config)
    {
        _weight = tensors["decoder.weight"].Floats.ToArray();
        _bias = tensors["decoder.bias"].Floats.ToArray();
        _head = tensors["covariates.weight"].Floats.ToArray();
        (_hidden, _covariates) = (_bias.Length, config.FutureCovariates.Count);
        (_horizon, _outputs) = (config.Horizon, _head.Length / (_hidden + _covariates));
    }

    /// <summary>The floats that <see cref="Decode"/> works in.</summary>
    public int ScratchFloats => 2 * _hidden;

    /// <summary>The floats that it adds, as many as the head gives.</summary>
    public int AddedFloats => _horizon * _outputs;

    /// <summary>Computes the addition to each output of the head.</summary>
    /// <param name="hidden">h, [H].</param>
    /// <param name="known">u, scaled, [horizon, covariates].</param>
    /// <param name="scratch">[<see cref="ScratchFloats"/>].</param>
    /// <param name="added">[horizon, targets · outputs of a value], scaled.</param>
    public void Decode(ReadOnlySpan<float> hidden, ReadOnlySpan<float> known, Span<float> scratch, Span<float> added)
    {
        // What the state gives is the same for all steps.
        Span<float> ofState = scratch[.._hidden], z = scratch.Slice(_hidden, _hidden);
        int width = _hidden + _covariates;
        for (int unit = 0; unit < _hidden; unit++)
            ofState[unit] = _bias[unit] + PackedNetwork.Dot(hidden, _weight.AsSpan(unit * width, _hidden));
        for (int step = 0; step < _horizon; step++)
        {
            ReadOnlySpan<float> u = known.Slice(step * _covariates, _covariates);
            for (int unit = 0; unit < _hidden; unit++)
                z[unit] = MathF.Tanh(ofState[unit] + PackedNetwork.Dot(u, _weight.AsSpan((unit * width) + _hidden, _covariates)));
            for (int output = 0; output < _outputs; output++)
            {
                added[(step * _outputs) + output] = PackedNetwork.Dot(z, _head.AsSpan(output * width, _hidden))
                    + PackedNetwork.Dot(u, _head.AsSpan((output * width) + _hidden, _covariates));
            }
        }
    }
}
