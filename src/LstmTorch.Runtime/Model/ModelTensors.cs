using System.Globalization;

namespace LstmTorch.Runtime.Model;

/// <summary>The tensors that the model of a configuration has: their names and shapes, in the order of the state dict.</summary>
public static class ModelTensors
{
    /// <summary>The tensor of a model with Student's t distribution from which the degrees of freedom come: ν = 2 + exp of it, [targets].</summary>
    public const string Freedom = "head.freedom";

    private const int Gates = 4;
    private const string PeepholeLetters = "ifco";

    /// <summary>Names and shapes of all weights. Of several members each name begins with "member0." and so on.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Expected(ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> one = OfOne(config);
        return config.Members == 1
            ? one
            : [.. Enumerable.Range(0, config.Members).SelectMany(member => one.Select(tensor => (Prefix(member) + tensor.Name, tensor.Shape)))];
    }

    /// <summary>What the names of a member's weights begin with in a model of several.</summary>
    internal static string Prefix(int member) => string.Create(CultureInfo.InvariantCulture, $"member{member}.");

    private static List<(string Name, IReadOnlyList<long> Shape)> OfOne(ForecasterConfig config)
    {
        var tensors = new List<(string, IReadOnlyList<long>)>();
        var peephole = new Peephole(config.Peephole, config.Connections);
        long width = (long)config.PatchLength * config.Inputs.Count;
        for (int k = 0; k < config.HiddenSizes.Count; k++)
        {
            long hidden = config.HiddenSizes[k];
            tensors.Add(($"weight_ih_l{k}", [Gates * hidden, width]));
            tensors.Add(($"weight_hh_l{k}", [Gates * hidden, hidden]));
            tensors.Add(($"bias_l{k}", [Gates * hidden]));
            for (int gate = 0; gate < Gates; gate++)
            {
                if (peephole.Sees((PeepholeConnections)(1 << gate)))
                    tensors.Add(($"weight_c{PeepholeLetters[gate]}_l{k}", config.Peephole == PeepholeKind.Full ? [hidden, hidden] : [hidden]));
            }

            width = hidden;
        }

        long outputs = (long)config.NetworkSteps * config.Targets.Count * config.OutputsPerValue;
        tensors.Add(("head.weight", [outputs, width]));
        tensors.Add(("head.bias", [outputs]));
        if (config.Distribution == OutputDistribution.StudentT)
            tensors.Add((Freedom, [config.Targets.Count]));
        if (config.Highway)
            tensors.Add(("highway.weight", [config.NetworkSteps, config.ContextLength]));
        if (config.FutureCovariates.Count is > 0 and int covariates)
        {
            tensors.Add(("decoder.weight", [width, width + covariates]));
            tensors.Add(("decoder.bias", [width]));
            tensors.Add(("covariates.weight", [(long)config.Targets.Count * config.OutputsPerValue, width + covariates]));
        }

        return tensors;
    }

    /// <summary>Checks that the tensors of a file are those of its configuration, no more, no less, all float32.</summary>
    /// <exception cref="LstmTorchException">They are not; the first difference is named.</exception>
    public static void Check(ForecasterConfig config, IReadOnlyList<SafetensorsTensor> tensors, string where)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> expected = Expected(config);
        var byName = tensors.ToDictionary(tensor => tensor.Name);
        foreach (var (name, shape) in expected)
        {
            if (!byName.Remove(name, out SafetensorsTensor? tensor))
                throw Disagree($"tensor {name} is missing");
            if (tensor.Type != SafetensorsType.F32 || !tensor.Shape.SequenceEqual(shape))
                throw Disagree($"tensor {name} is {tensor.Type} [{string.Join(", ", tensor.Shape)}], expected F32 [{string.Join(", ", shape)}]");
        }

        if (byName.Count > 0)
            throw Disagree($"tensor {byName.Keys.First()} is not part of the model");

        LstmTorchException Disagree(string what) => new(ErrorKind.Damaged, $"{where}: weights and configuration disagree: {what}");
    }

    /// <summary>Checks that every weight is a finite number, as training leaves them.</summary>
    /// <exception cref="LstmTorchException">One is not; its tensor is named.</exception>
    internal static void CheckFinite(IReadOnlyList<SafetensorsTensor> tensors, string where)
    {
        foreach (SafetensorsTensor tensor in tensors)
        {
            foreach (float weight in tensor.Floats)
            {
                if (!float.IsFinite(weight))
                    throw new LstmTorchException(ErrorKind.Damaged, $"{where}: tensor {tensor.Name} holds a value that is not finite");
            }
        }
    }
}
