using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Import;

/// <summary>What was found in a foreign file, in the names and orders of <see cref="ModelTensors"/>.</summary>
/// <param name="Layers">The weights of the layers.</param>
/// <param name="Peephole">The peepholes that all layers have.</param>
/// <param name="Head">The head, if the file has one.</param>
/// <param name="Others">The weights beside layers and head that the file has, such as highway.weight.</param>
/// <param name="Config">The description that the file carries, if LstmTorch wrote it.</param>
/// <param name="ContextLength">The length of the windows, if the file says it.</param>
internal sealed record ImportedWeights(
    IReadOnlyList<SafetensorsTensor> Layers, Peephole Peephole, ImportedHead? Head, IReadOnlyList<SafetensorsTensor> Others, ForecasterConfig? Config, int? ContextLength)
{
    private int[] HiddenSizes => [.. Layers.Where(tensor => tensor.Name.StartsWith("weight_hh", StringComparison.Ordinal)).Select(tensor => (int)tensor.Shape[1])];

    /// <summary>Makes a model of them.</summary>
    /// <param name="options">What the file does not say.</param>
    /// <param name="where">What to call the file in an error.</param>
    /// <exception cref="LstmTorchException">Something is still missing, or options and weights disagree.</exception>
    public ModelFile ToModel(ImportOptions options, string where)
    {
        ImportedHead head = options.Head ?? Head ?? (options.HiddenStateIsForecast ? ImportedHead.Identity(HiddenSizes[^1]) : null) ?? throw new LstmTorchException(
            ErrorKind.Usage, $"{where}: holds the layers only; --head names the safetensors file of an nn.Linear, or identity, where the last hidden state is the forecast");
        ForecasterConfig config = Describe(options, head, where);
        List<SafetensorsTensor> tensors =
        [
            .. Layers,
            SafetensorsTensor.FromFloats("head.weight", [head.Bias.Length, head.Weight.Length / Math.Max(1, head.Bias.Length)], head.Weight),
            SafetensorsTensor.FromFloats("head.bias", [head.Bias.Length], head.Bias),
            .. Others,
        ];
        ModelTensors.Check(config, tensors, where);
        return new ModelFile(config, tensors);
    }

    private ForecasterConfig Describe(ImportOptions options, ImportedHead head, string where)
    {
        int width = (int)Layers[0].Shape[1];
        ForecasterConfig known = Config ?? new ForecasterConfig
        {
            Inputs = [.. Enumerable.Range(1, width).Select(n => $"x{n}")],
            Targets = ["y"],
            ContextLength = ContextLength ?? 30,
            Dropout = 0,
            Scaler = ScalerKind.None,
            InputScalers = [.. Enumerable.Repeat(ColumnScaler.Identity, width)],
            TargetScalers = [ColumnScaler.Identity],
        };
        IReadOnlyList<string> inputs = options.Inputs ?? known.Inputs, targets = options.Targets ?? known.Targets;
        Require(inputs.Count * (long)known.PatchLength == width, $"{inputs.Count} inputs", $"the first layer takes {width}");
        int outputs = targets.Count * known.OutputsPerValue;
        Require(head.Bias.Length % outputs == 0, $"{targets.Count} targets", $"the head gives {head.Bias.Length} numbers, {(known.OutputsPerValue == 1 ? "a horizon" : $"{known.OutputsPerValue} for each step of the horizon")} for each target");
        ForecasterConfig config = known with
        {
            Inputs = inputs,
            Targets = targets,
            ContextLength = options.ContextLength ?? known.ContextLength,
            Horizon = head.Bias.Length / outputs,
            HiddenSizes = HiddenSizes,
            Peephole = Peephole.Kind,
            Connections = Peephole.Connections,
            Scaler = options.InputScalers is null && options.TargetScalers is null ? known.Scaler : ScalerKind.Standard,
            InputScalers = options.InputScalers ?? known.InputScalers,
            TargetScalers = options.TargetScalers ?? (targets.Count == known.TargetScalers.Count ? known.TargetScalers : [.. targets.Select(_ => ColumnScaler.Identity)]),
        };
        config.Validate();
        return config;

        void Require(bool holds, string given, string wanted)
        {
            if (!holds)
                throw new LstmTorchException(ErrorKind.Usage, $"{where}: {given} do not fit: {wanted}");
        }
    }
}
