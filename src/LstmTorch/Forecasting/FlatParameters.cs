using LstmTorch.Recurrent;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>
/// All parameters of a module and all their gradients, each as one flat tensor of which the module's own are views: the
/// optimizer, the gradient norm and a checkpoint then take one operation instead of one for every parameter.
/// </summary>
/// <remarks>The module must stay on its device and keep its type as long as this lives.</remarks>
public sealed class FlatParameters : IDisposable
{
    private readonly IReadOnlyList<(string Name, Parameter Parameter)> _parameters;

    /// <summary>Moves the parameters of a module into one buffer, their values unchanged, and gives them zero gradients.</summary>
    /// <param name="module">The module.</param>
    /// <param name="peepholeSteps">How far an optimizer steps along full peepholes.</param>
    public FlatParameters(nn.Module module, PeepholeSteps peepholeSteps = PeepholeSteps.Whole)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _parameters = [.. module.named_parameters()];
        Values = cat([.. _parameters.Select(entry => entry.Parameter.reshape(-1))]).DetachFromDisposeScope();
        Gradients = zeros_like(Values).DetachFromDisposeScope();

        long offset = 0;
        foreach (var (_, parameter) in _parameters)
        {
            long count = parameter.numel();
            parameter.set_(Values.narrow(0, offset, count).view(parameter.shape));
            parameter.grad = Gradients.narrow(0, offset, count).view(parameter.shape);
            offset += count;
        }

        StepShares = peepholeSteps == PeepholeSteps.PerUnit ? StepSharesOf(module)?.DetachFromDisposeScope() : null;
    }

    /// <summary>Every parameter, one after the other in the order of the state dict, [N].</summary>
    public Tensor Values { get; }

    /// <summary>The gradients in the same order, [N]; backward adds to them.</summary>
    public Tensor Gradients { get; }

    /// <summary>What share of the learning rate each parameter's steps have, [N]; null where all have all of it.</summary>
    internal Tensor? StepShares { get; }

    /// <summary>Names and shapes, in the order of the flat tensors.</summary>
    public IEnumerable<(string Name, long[] Shape)> Layout => _parameters.Select(entry => (entry.Name, entry.Parameter.shape));

    /// <summary>The name of the first parameter with a gradient that is not finite, or null.</summary>
    public string? FirstNonFiniteGradient() => First(parameter => parameter.grad!);

    /// <summary>The name of the first parameter that is not finite, or null.</summary>
    public string? FirstNonFiniteValue() => First(parameter => parameter);

    private Tensor? StepSharesOf(nn.Module module)
    {
        PeepholeLstmCell[] cells = [.. module.modules().Append(module).OfType<PeepholeLstmCell>().Distinct()];
        float[] shares = [.. _parameters.Select(entry => Array.Find(cells, cell => cell.IsFullPeephole(entry.Parameter)) is { } cell ? 1f / cell.HiddenSize : 1)];
        return Array.TrueForAll(shares, share => share == 1)
            ? null
            : cat([.. shares.Zip(_parameters, (share, entry) => full(entry.Parameter.numel(), share, dtype: Values.dtype))]).to(Values.device);
    }

    private string? First(Func<Parameter, Tensor> of)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return _parameters.FirstOrDefault(entry => !of(entry.Parameter).isfinite().all().item<bool>()).Name;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Values.Dispose();
        Gradients.Dispose();
        StepShares?.Dispose();
    }
}
