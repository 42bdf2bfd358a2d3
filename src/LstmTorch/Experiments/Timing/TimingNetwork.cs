using LstmTorch.Recurrent;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Experiments.Timing;

/// <summary>One peephole LSTM layer and a linear map of its units to one number a step.</summary>
public sealed class TimingNetwork : nn.Module<Tensor, Tensor>
{
    private readonly PeepholeLstm lstm;
    private readonly Linear head;

    /// <summary>Builds the network; its layer starts as <see cref="CellInitialization"/> says.</summary>
    public TimingNetwork(TimingOptions options)
        : base(nameof(TimingNetwork))
    {
        ArgumentNullException.ThrowIfNull(options);
        lstm = new PeepholeLstm(1, [options.HiddenSize], options.Peephole, batchFirst: false) { Kernel = options.Kernel, AccumulatesGradients = true };
        head = nn.Linear(options.HiddenSize, 1);
        RegisterComponents();
    }

    /// <summary>How many numbers the network learns.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary>What comes out at each step, from a state of zeros on.</summary>
    /// <param name="inputs">[T, B, 1].</param>
    /// <returns>[T, B, 1].</returns>
    public override Tensor forward(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return head.call(lstm.call(inputs, null).Output).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        recurse
            ? [.. lstm.named_parameters(), .. head.named_parameters().Select(entry => ($"{nameof(head)}.{entry.name}", entry.parameter))]
            : [];
}
