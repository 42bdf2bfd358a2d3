using LstmTorch.Recurrent;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Experiments.Music;

/// <summary>Peephole LSTM layers and a linear map to a logit for each key: what sounds next, each key independent of the others given the past.</summary>
public sealed class NextFrameNetwork : nn.Module<Tensor, Tensor>
{
    private readonly PeepholeLstm lstm;
    private readonly Linear head;
    private readonly MusicOptions _options;

    /// <summary>Builds the network; its layers start as <see cref="CellInitialization"/> says, the head Glorot uniform.</summary>
    /// <param name="options">Its sizes and dropout.</param>
    /// <param name="device">Where the parameters live.</param>
    public NextFrameNetwork(MusicOptions options, Device device)
        : base(nameof(NextFrameNetwork))
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        lstm = new PeepholeLstm(PianoRoll.Keys, options.HiddenSize, options.Peephole, options.Dropout, batchFirst: false, device: device)
        {
            DropoutKind = options.DropoutKind,
            RecurrentDropout = options.RecurrentDropout,
            Kernel = options.Kernel,
        };

        // Drawn on the CPU and then moved: one seed gives one start on every device.
        head = nn.Linear(options.HiddenSize[^1], PianoRoll.Keys);
        using (no_grad())
        {
            nn.init.xavier_uniform_(head.weight!);
            head.bias!.zero_();
        }

        head = head.to(device);
        RegisterComponents();
    }

    /// <summary>How many numbers the network learns.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary>The logits of all keys after each frame.</summary>
    /// <param name="frames">Frames, [T, B, 88].</param>
    /// <returns>Logits of the frame that follows each, [T, B, 88].</returns>
    public override Tensor forward(Tensor frames)
    {
        using var scope = NewDisposeScope();
        return head.call(States(frames)).MoveToOuterDisposeScope();
    }

    /// <summary>The logits of the frames that are predicted of a batch.</summary>
    /// <returns>[N, 88].</returns>
    public Tensor Logits(PieceBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        return head.call(States(batch.Inputs).flatten(0, 1).index_select(0, batch.Predicted)).MoveToOuterDisposeScope();
    }

    private Tensor States(Tensor frames)
    {
        var (output, _) = lstm.call(Dropped(frames, _options.InputDropout), null);
        return Dropped(output, _options.Dropout);
    }

    private Tensor Dropped(Tensor x, double share) => training && share > 0
        ? CounterDropout.Apply(x, share, CounterDropout.NewKey(), sameOverTime: _options.DropoutKind == DropoutKind.Variational)
        : x;

    /// <inheritdoc/>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        recurse
            ? [.. lstm.named_parameters(), .. head.named_parameters().Select(entry => ($"{nameof(head)}.{entry.name}", entry.parameter))]
            : [];
}
