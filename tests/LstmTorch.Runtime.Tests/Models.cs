using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Tests.Kernels;

namespace LstmTorch.Runtime.Tests;

/// <summary>Models with random weights, and their forecasts computed one number at a time in float64.</summary>
internal static class Models
{
    public static IEnumerable<Peephole> Peepholes =>
    [
        Peephole.None,
        .. from kind in (PeepholeKind[])[PeepholeKind.Diagonal, PeepholeKind.Full]
           from connections in Enumerable.Range(1, 15)
           select new Peephole(kind, (PeepholeConnections)connections),
    ];

    /// <summary>A configuration with no two scales alike.</summary>
    public static ForecasterConfig Config(
        Peephole peephole, int inputs = 3, int targets = 2, int contextLength = 7, int horizon = 2, params int[] hiddenSizes) => new()
        {
            Inputs = [.. Enumerable.Range(0, inputs).Select(n => $"input {n}")],
            Targets = [.. Enumerable.Range(0, targets).Select(n => $"target {n}")],
            ContextLength = contextLength,
            Horizon = horizon,
            HiddenSizes = hiddenSizes.Length == 0 ? [6, 5] : hiddenSizes,
            Peephole = peephole.Kind,
            Connections = peephole.Connections,
            InputScalers = [.. Enumerable.Range(0, inputs).Select(n => new ColumnScaler(10 * n, 4 + n))],
            TargetScalers = [.. Enumerable.Range(0, targets).Select(n => new ColumnScaler(100 * (n + 1), 2 + (n * 5)))],
        };

    /// <summary>A logarithm, a power and a column as it is, which may be negative; the targets are the first two.</summary>
    public static ForecasterConfig Transformed(Peephole peephole)
    {
        ColumnScaler[] scalers = [new(0.5, 2, 0), new(1, 3, -0.3), new(0, 4)];
        return Config(peephole) with { InputScalers = scalers, Targets = ["input 0", "input 1"], TargetScalers = scalers[..2] };
    }

    /// <summary>The same with a power under which no quantile leaves the range of float32.</summary>
    public static ForecasterConfig MildlyTransformed(Peephole peephole)
    {
        ForecasterConfig config = Transformed(peephole);
        ColumnScaler[] scalers = [config.InputScalers[0], config.InputScalers[1] with { Power = 0.3 }, config.InputScalers[2]];
        return config with { InputScalers = scalers, TargetScalers = scalers[..2] };
    }

    public static ModelFile Random(ForecasterConfig config, int seed = 1)
    {
        var random = new Random(seed);
        return new ModelFile(config, [.. ModelTensors.Expected(config).Select(tensor => SafetensorsTensor.FromFloats(
            tensor.Name,
            tensor.Shape,
            [.. Enumerable.Range(0, (int)tensor.Shape.Aggregate(1L, (size, dimension) => size * dimension))
                .Select(_ => ((2 * random.NextSingle()) - 1) / MathF.Sqrt(tensor.Shape[^1]))]))]);
    }

    /// <summary>A random model of the quantiles 0.1, 0.5 and 0.9; Student's t has 5 degrees of freedom for the first target, 3 for the others.</summary>
    public static ModelFile WithQuantiles(ForecasterConfig config, OutputDistribution distribution, int seed = 1)
    {
        ModelFile model = Random(config with { Distribution = distribution, Quantiles = [0.1, 0.5, 0.9] }, seed);
        return model with
        {
            Tensors =
            [
                .. model.Tensors.Select(tensor => tensor.Name == ModelTensors.Freedom
                    ? SafetensorsTensor.FromFloats(tensor.Name, tensor.Shape, [.. Enumerable.Range(0, (int)tensor.Shape[0]).Select(target => target == 0 ? MathF.Log(3) : 0)])
                    : tensor),
            ],
        };
    }

    /// <summary>The quantiles of such a model by the equations, in float64: [windows, horizon, targets, 3].</summary>
    public static double[] Quantiles(ModelFile model, double[] windows, double[]? known = null)
    {
        ForecasterConfig config = model.Config;
        double[] outputs = Outputs(model, windows, known);
        int count = config.Distribution == OutputDistribution.Quantiles ? 3 : 2, targets = config.Targets.Count;
        var quantiles = new List<double>();
        for (int value = 0; value < outputs.Length / count; value++)
        {
            double[] said = outputs[(value * count)..((value + 1) * count)];
            double factor = config.Distribution == OutputDistribution.Gaussian ? 1.2815515655446 : value % targets == 0 ? 1.475884048824481 : 1.63774435369621;
            double reach = count == 3 ? 0 : factor * (Math.Log(1 + Math.Exp(said[1])) + 1e-4);
            quantiles.AddRange((count == 3 ? [.. said.Order()] : new[] { said[0] - reach, said[0], said[0] + reach }).Select(config.TargetScalers[value % targets].InverseTransform));
        }

        return [.. quantiles];
    }

    /// <summary>Values of some windows, in the units of the scales.</summary>
    public static double[] Windows(ForecasterConfig config, int count, int seed = 2)
    {
        var random = new Random(seed);
        int inputs = config.Inputs.Count;
        return
        [
            .. Enumerable.Range(0, count * config.ContextLength * inputs)
                .Select(n => Math.Round(config.InputScalers[n % inputs].InverseTransform((3 * random.NextDouble()) - 1), 3)),
        ];
    }

    /// <summary>A model that knows two of its three inputs in advance, in an order of its own.</summary>
    public static ForecasterConfig Covariates(Peephole peephole) => Config(peephole, horizon: 3) with { FutureCovariates = ["input 2", "input 0"] };

    /// <summary>Values of the covariates after some windows, in the units of the scales.</summary>
    public static double[] Known(ForecasterConfig config, int count)
    {
        int covariates = config.FutureCovariates.Count, size = count * config.Horizon * covariates;
        ColumnScaler[] scalers = [.. config.FutureCovariates.Select(name => config.InputScalers[config.Inputs.ToList().IndexOf(name)])];
        var random = new Random(3);
        return [.. Enumerable.Range(0, size).Select(n => Math.Round(scalers[n % covariates].InverseTransform((3 * random.NextDouble()) - 1), 3))];
    }

    /// <summary>The forecasts by the equations, in float64: [windows, horizon, targets].</summary>
    public static double[] Forecast(ModelFile model, double[] windows, double[]? known = null)
    {
        ForecasterConfig config = model.Config;
        return [.. Outputs(model, windows, known).Select((scaled, output) => config.TargetScalers[output % config.Targets.Count].InverseTransform(scaled))];
    }

    /// <summary>What the head gives, in scaled units.</summary>
    private static double[] Outputs(ModelFile model, double[] windows, double[]? known = null)
    {
        ForecasterConfig config = model.Config;
        int inputs = config.Inputs.Count, steps = config.ContextLength, width = inputs;
        int count = windows.Length / (steps * inputs);
        double[] x = [.. windows.Select((value, n) => (double)(float)config.InputScalers[n % inputs].Transform(value))];
        double[] last = [];
        for (int k = 0; k < config.HiddenSizes.Count; k++)
        {
            var shape = new SequenceShape(count, steps, width, config.HiddenSizes[k], new Peephole(config.Peephole, config.Connections));
            var weights = new ScalarWeights(
                Values($"weight_ih_l{k}"), Values($"weight_hh_l{k}"), Values($"bias_l{k}"), [.. "ifco".Select(letter => Values($"weight_c{letter}_l{k}"))]);
            var layer = new ScalarLstm(shape, weights, x, new double[count * shape.HiddenSize], new double[count * shape.HiddenSize]);
            layer.Forward();
            (x, last, width) = (layer.Y, layer.Hn, shape.HiddenSize);
        }

        double[] head = Values("head.weight"), bias = Values("head.bias"), decoder = Values("decoder.weight"), covariates = Values("covariates.weight");
        int f = config.FutureCovariates.Count;
        double Added(int window, int step, int output)
        {
            double[] u = [.. Enumerable.Range(0, f).Select(c => (double)(float)config.InputScalers[config.Inputs.ToList().IndexOf(config.FutureCovariates[c])]
                .Transform(known![(((window * config.Horizon) + step) * f) + c]))];
            double[] hu = [.. Enumerable.Range(0, width).Select(k => last[(window * width) + k]), .. u];
            double[] z = [.. Values("decoder.bias").Select((value, unit) => Math.Tanh(value + hu.Select((x, n) => x * decoder[(unit * (width + f)) + n]).Sum()))];
            return z.Concat(u).Select((x, n) => x * covariates[(output * (width + f)) + n]).Sum();
        }

        return
        [
            .. from window in Enumerable.Range(0, count)
               from output in Enumerable.Range(0, bias.Length)
               let perStep = bias.Length / config.Horizon
               select bias[output] + Enumerable.Range(0, width).Sum(k => head[(output * width) + k] * last[(window * width) + k])
                   + (f == 0 ? 0 : Added(window, output / perStep, output % perStep)),
        ];

        double[] Values(string name) => [.. model.Tensors.SingleOrDefault(tensor => tensor.Name == name)?.Floats.ToArray().Select(value => (double)value) ?? []];
    }
}
