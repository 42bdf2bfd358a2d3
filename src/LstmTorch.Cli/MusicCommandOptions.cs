using System.CommandLine;
using System.Globalization;
using System.Numerics;
using LstmTorch.Experiments.Music;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>The options of the experiments with music: a recipe, and what changes it.</summary>
internal sealed class MusicCommandOptions
{
    private static readonly MusicOptions s_small = MusicExperiment.Options(MusicRecipe.Small), s_large = MusicExperiment.Options(MusicRecipe.Large);

    private readonly List<Func<ParseResult, MusicOptions, MusicOptions>> _bindings = [];
    private readonly Option<string?> _recipe = CommonOptions.Choice<MusicRecipe>(
        "--recipe", "What the options below start from: 36 units, as published, or a larger network with more dropout. Default: small.");

    public MusicCommandOptions(Command command)
    {
        command.Add(_recipe);
        List<int>(command, "--hidden-size", "N,N,...", "Width of each layer, from the input upwards.", o => string.Join(',', o.HiddenSize), "give one number a layer, such as 200 or 100,100", TryParseSize, (o, v) => o with { HiddenSize = v });
        Number(command, "--input-dropout", "Share of keys that the first layer does not see in training.", o => o.InputDropout, (o, v) => o with { InputDropout = v });
        Number(command, "--dropout", "Share of each layer's units that is dropped in training.", o => o.Dropout, (o, v) => o with { Dropout = v });
        Choice<DropoutKind>(command, "--dropout-kind", "Whether both are drawn at every frame, standard, or once a piece, variational.", o => o.DropoutKind, (o, v) => o with { DropoutKind = v });
        Number(command, "--recurrent-dropout", "Share of the recurrent weights that is dropped in each step of training.", o => o.RecurrentDropout, (o, v) => o with { RecurrentDropout = v });
        Number(command, "--weight-noise", "Standard deviation of what is added to every weight in each step of training.", o => o.WeightNoise, (o, v) => o with { WeightNoise = v });
        Training(command, "--epochs", "How many times every piece is seen at most.", t => t.Epochs, (t, v) => t with { Epochs = v });
        Training(command, "--patience", "End after so many epochs without a better validation score.", t => t.Patience!.Value, (t, v) => t with { Patience = v });
        Training(command, "--batch-size", "Pieces a step.", t => t.BatchSize, (t, v) => t with { BatchSize = v });
        Training(command, "--learning-rate", "Step size of Adam.", t => t.LearningRate, (t, v) => t with { LearningRate = v });
        Choice<PeepholeSteps>(command, "--peephole-steps", "How far steps go along full peepholes: whole, or divided by the layer's units.", o => o.Training.PeepholeSteps, (o, v) => o with { Training = o.Training with { PeepholeSteps = v } });
        Training(command, "--average-weights", "What the moving average of the weights keeps of itself in each step; it is what is validated and kept.", t => t.AverageWeights!.Value, (t, v) => t with { AverageWeights = v });
        Training(command, "--clip-norm", "Largest norm of the gradient.", t => t.ClipNorm!.Value, (t, v) => t with { ClipNorm = v });
        Training(command, "--seed", "The first seed.", t => t.Seed, (t, v) => t with { Seed = v });
        command.Add(CommonOptions.Device);
        command.Add(CommonOptions.Kernel);
    }

    /// <summary>The options of a call.</summary>
    public MusicOptions Read(ParseResult parsed)
    {
        MusicOptions recipe = parsed.GetChoice<MusicRecipe>(_recipe) == MusicRecipe.Large ? s_large : s_small;
        return _bindings.Aggregate(recipe with { Device = parsed.GetDevice(), Kernel = parsed.GetKernel() }, (options, bind) => bind(parsed, options));
    }

    private void List<T>(
        Command command, string name, string helpName, string description, Func<MusicOptions, string> of, string remedy, CommonOptions.TryParse<T> parse, Func<MusicOptions, T[], MusicOptions> set) =>
        Bind(command, CommonOptions.List(name, helpName, $"{description} {Default(of)}", remedy, parse), set);

    private void Training<T>(Command command, string name, string description, Func<TrainingOptions, T> of, Func<TrainingOptions, T, TrainingOptions> set)
        where T : struct, INumber<T>, IMinMaxValue<T> => Number(command, name, description, o => of(o.Training), (o, v) => o with { Training = set(o.Training, v) });

    private void Number<T>(Command command, string name, string description, Func<MusicOptions, T> of, Func<MusicOptions, T, MusicOptions> set)
        where T : struct, INumber<T>, IMinMaxValue<T> =>
        Bind(command, new NumberOption<T>(name, $"{description} {Default(o => of(o).ToString(null, CultureInfo.InvariantCulture))}"), (options, number) => set(options, number!.Value));

    private void Choice<T>(Command command, string name, string description, Func<MusicOptions, T> of, Func<MusicOptions, T, MusicOptions> set)
        where T : struct, Enum => Bind(
        command,
        CommonOptions.Choice<T>(name, $"{description} {Default(o => Choices.Name(of(o)))}"),
        (options, word) => Choices.TryParse(word, out T value) ? set(options, value) : options);

    private void Bind<T>(Command command, Option<T> option, Func<MusicOptions, T, MusicOptions> set)
    {
        command.Add(option);
        _bindings.Add((parsed, options) => parsed.GetResult(option) is { Implicit: false } ? set(options, parsed.GetValue(option)!) : options);
    }

    private static string Default(Func<MusicOptions, string> of)
    {
        string small = of(s_small), large = of(s_large);
        return small == large ? $"Default: {small}." : $"Default: {small}, in the large recipe {large}.";
    }

    private static bool TryParseSize(string word, out int size) => int.TryParse(word, NumberStyles.Integer, CultureInfo.InvariantCulture, out size);
}
