using System.CommandLine;
using System.Globalization;
using System.Numerics;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Cli;

/// <summary>The options of <c>train</c>: each is bound to the property of <see cref="RunOptions"/> of the same name.</summary>
internal sealed class TrainOptions
{
    private const string HiddenSize = "--hidden-size", Intervals = "--intervals", Calendar = "--calendar", Quantiles = "--quantiles";

    private static readonly RunOptions s_defaults = new();

    private readonly List<Func<ParseResult, RunOptions, RunOptions>> _bindings = [];
    private readonly Option<string?> _config = new("--config")
    {
        Description = "A JSON file with options under the same names in snake_case, or a run's config.json; the command line wins.",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="output">What it writes to --out, and what to call that; the run directory of <c>train</c> if null.</param>
    public TrainOptions(Command command, (string HelpName, string Description)? output = null)
    {
        command.Add(_config);
        var (outName, outDescription) = output ?? ("DIR", "The run directory. Default: checkpoints/ and the name of the data.");
        Text(command, "--out", outName, outDescription, (o, v) => o with { Out = v });
        Text(command, "--time", "COLUMN", "The time column, or none. Default: recognized.", (o, v) => o with { Time = v });
        Columns(command, "--target", "What to predict. Default: the first numeric column.", (o, v) => o with { Target = v });
        Columns(command, "--inputs", "What to predict from: columns, or all, all-but-last, target. Default: all.", (o, v) => o with { Inputs = v });
        Columns(command, "--past-covariates", "What to predict from beside the targets, instead of --inputs.", (o, v) => o with { PastCovariates = v });
        Columns(command, "--future-covariates", "What to predict from that is known over the horizon too: holidays, prices.", (o, v) => o with { FutureCovariates = v });
        Columns(command, "--categorical", "Columns of names to predict from, also where the names are numbers; text in the lists above is taken so by itself.", (o, v) => o with { Categorical = v });
        Flag(command, "--wide", "Each column of numbers (or of --target) is a series of its own.", (o, v) => o with { Wide = v });
        Words(command, Calendar, "What of the dates to predict from as well: hour, weekday, month, day-of-year, or auto. Default: none.", (o, v) => o with { Calendar = v });
        Text(command, "--series-id", "COLUMN", "The column that tells series apart.", (o, v) => o with { SeriesId = v });
        Text(command, "--delimiter", "CHAR", "The character between fields, or tab. Default: found.", (o, v) => o with { Delimiter = v });
        Choice<MissingValues>(command, "--missing", "What to do about missing values.", s_defaults.Missing, (o, v) => o with { Missing = v });
        Flag(command, "--insert-rows", "Insert rows for moments that are absent between others, for --missing to fill.", (o, v) => o with { InsertRows = v });
        Length(command, "--context-length", $"Past steps that the model sees, or auto for as many as the training rows suggest. Default: {s_defaults.ContextLength}.", (o, v) => o with { ContextLength = v });
        Number<int>(command, "--horizon", "Steps to predict.", s_defaults.Horizon, (o, v) => o with { Horizon = v });
        Choice<ForecastStrategy>(command, "--strategy", "Predict all steps at once, or one that is fed back for the next; then targets and inputs must be the same.", s_defaults.Strategy, (o, v) => o with { Strategy = v });
        Number<double>(command, "--validation-fraction", "Share of the rows that chooses the best weights.", s_defaults.ValidationFraction, (o, v) => o with { ValidationFraction = v });
        Number<double>(command, "--test-fraction", "Share of the rows, the last, kept for the final score.", s_defaults.TestFraction, (o, v) => o with { TestFraction = v });
        HiddenSizes(command);
        Number<double>(command, "--dropout", "Share of units dropped after each layer in training.", s_defaults.Dropout, (o, v) => o with { Dropout = v });
        Choice<DropoutKind>(command, "--dropout-kind", "Whether units are drawn at every time step, or once for all steps of a window.", s_defaults.DropoutKind, (o, v) => o with { DropoutKind = v });
        Number<double>(command, "--recurrent-dropout", "Share of the recurrent weights dropped in each step of training.", s_defaults.RecurrentDropout, (o, v) => o with { RecurrentDropout = v });
        Choice<PeepholeKind>(command, "--peephole", "Matrices, vectors or none through which the gates see the cell.", s_defaults.Peephole, (o, v) => o with { Peephole = v });
        Text(command, "--connections", "LETTERS", "The gates that see the cell: any of i, f, c, o. Default: ifco.", (o, v) => o with { Connections = v });
        Choice<ScalerKind>(command, "--scaler", "How columns are scaled, fitted to the training rows.", s_defaults.Scaler, (o, v) => o with { Scaler = v });
        Flag(command, "--scale-per-series", "Scale each series by itself, and a series that the model has not seen by its rows before the forecast.", (o, v) => o with { ScalePerSeries = v });
        Choice<TargetTransform>(command, "--transform", "What happens to the targets before they are scaled: log where they grow by shares.", s_defaults.Transform, (o, v) => o with { Transform = v });
        Choice<WindowNormalization>(command, "--normalize", "What is taken from each window and given back to its forecast: last follows a series that drifts.", s_defaults.Normalize, (o, v) => o with { Normalize = v });
        Number<int>(command, "--patch-length", "Past steps that enter the network together, such as 24 hours as one day.", s_defaults.PatchLength, (o, v) => o with { PatchLength = v });
        Flag(command, "--highway", "Add a linear map of the target's own past to the forecast.", (o, v) => o with { Highway = v });
        Length(command, "--seasonality", "Steps of one season, for the seasonal naive forecast, or auto for what recurs most in the training rows. Default: from the time column.", (o, v) => o with { Seasonality = v });
        Shares(command, Intervals, "Intervals around each forecast that hold these shares of the values, calibrated on the validation part. Default: none.", (o, v) => o with { Intervals = v });
        Number<double>(command, "--interval-rate", "How fast intervals follow what they have missed, where values come true one after another, such as 0.1.", s_defaults.IntervalRate, (o, v) => o with { IntervalRate = v });
        Number<int>(command, "--ensemble", "Networks to train, whose forecasts are averaged.", s_defaults.Ensemble, (o, v) => o with { Ensemble = v });
        Number<int>(command, "--epochs", "Epochs in all, also after a resume.", s_defaults.Epochs, (o, v) => o with { Epochs = v });
        Number<int>(command, "--batch-size", "Windows a step.", s_defaults.BatchSize, (o, v) => o with { BatchSize = v });
        Number<double>(command, "--learning-rate", "Step size of Adam.", s_defaults.LearningRate, (o, v) => o with { LearningRate = v });
        Choice<ForecastLoss>(command, "--loss", "What training makes small; quantile, gaussian and student-t forecast quantiles.", s_defaults.Loss, (o, v) => o with { Loss = v });
        Shares(command, Quantiles, "With such a loss the quantiles of each forecast, 0.5 among them. Default: 0.1,0.5,0.9.", (o, v) => o with { Quantiles = v });
        Flag(command, "--balance-series", "Divide the errors of each series by its in-sample seasonal naive error, so that all count alike.", (o, v) => o with { BalanceSeries = v });
        Choice<LearningRateSchedule>(command, "--schedule", "How the step size changes while training goes on.", s_defaults.Schedule, (o, v) => o with { Schedule = v });
        Number<int>(command, "--warmup-epochs", "Epochs over which the step size grows from nothing.", s_defaults.WarmupEpochs, (o, v) => o with { WarmupEpochs = v });
        Number<double>(command, "--weight-decay", "Share of every weight that a step takes from it, a unit of the step size.", s_defaults.WeightDecay, (o, v) => o with { WeightDecay = v });
        Choice<PeepholeSteps>(command, "--peephole-steps", "How far steps go along full peepholes: whole, or divided by the layer's units, which wide layers on long windows may need.", s_defaults.PeepholeSteps, (o, v) => o with { PeepholeSteps = v });
        Number<double>(command, "--average-weights", "Validate and keep a moving average of the weights, which keeps this share of itself in each step, such as 0.999. Default: no average.", null, (o, v) => o with { AverageWeights = v });
        Number<double>(command, "--clip-norm", "Largest norm of the gradient. Default: no limit.", null, (o, v) => o with { ClipNorm = v });
        Number<int>(command, "--patience", "End after so many epochs without a better validation loss. Default: never.", null, (o, v) => o with { Patience = v });
        Choice<NonfiniteAction>(command, "--on-nonfinite", "What to do about a batch whose loss or gradient is not finite.", s_defaults.OnNonfinite, (o, v) => o with { OnNonfinite = v });
        Number<long>(command, "--seed", "What all randomness follows from.", s_defaults.Seed, (o, v) => o with { Seed = v });
        Text(command, "--device", "DEVICE", "auto, cpu, cuda or cuda:N. Default: auto.", (o, v) => o with { Device = v });
        Choice<MatrixPrecision>(command, "--precision", "How matrix products round on a CUDA device while training goes on.", s_defaults.Precision, (o, v) => o with { Precision = v });
        Text(command, "--kernel", string.Join('|', LstmKernels.Names), "How the recurrence is computed. Default: auto.", (o, v) => o with { Kernel = v });
        Number<int>(command, "--threads", "CPU threads. Default: one for a small model, otherwise one a core.", null, (o, v) => o with { Threads = v });
        Number<int>(command, "--checkpoint-every", "Epochs between checkpoints.", s_defaults.CheckpointEvery, (o, v) => o with { CheckpointEvery = v });
        Number<int>(command, "--checkpoint-steps", "Steps between checkpoints, within an epoch too. Default: none within an epoch.", null, (o, v) => o with { CheckpointSteps = v });
        Flag(command, "--resume", "Continue the run in the run directory.", (o, v) => o with { Resume = v });
        Flag(command, "--overwrite", "Replace the run in the run directory.", (o, v) => o with { Overwrite = v });
    }

    /// <summary>The options of a call: the defaults, over them the config file, over it the command line.</summary>
    /// <param name="parsed">The call.</param>
    /// <param name="defaults">What no file and no option says; those of <c>train</c> if null.</param>
    public RunOptions Read(ParseResult parsed, RunOptions? defaults = null)
    {
        RunOptions options = parsed.GetValue(_config) is { } file ? ConfigFile.Read(file) : defaults ?? s_defaults;
        return _bindings.Aggregate(options, (current, bind) => bind(parsed, current));
    }

    /// <summary>The options of a call with a file of options in place of the one that it names: over them the command line.</summary>
    /// <param name="parsed">The call.</param>
    /// <param name="file">The file.</param>
    public RunOptions Read(ParseResult parsed, string file) => _bindings.Aggregate(ConfigFile.Read(file), (current, bind) => bind(parsed, current));

    /// <summary>
    /// Numbers, or words of <c>--calendar</c>, behind an option that takes some, as one word with commas: an option that took several
    /// words itself would take the name of a file behind them as well.
    /// </summary>
    public static string[] JoinLists(IReadOnlyList<string> arguments)
    {
        var joined = new List<string>();
        string? list = null;
        foreach (string word in arguments)
        {
            bool follows = list == Calendar
                ? Enum.GetValues<CalendarFeature>().Any(feature => CalendarFeatures.Name(feature) == word.TrimEnd(','))
                : list is not null && double.TryParse(word, CultureInfo.InvariantCulture, out _);
            if (follows && joined[^1] != list)
                joined[^1] += $",{word}";
            else
                joined.Add(word);
            list = follows ? list : word is HiddenSize or Intervals or Quantiles or Calendar ? word : null;
        }

        return [.. joined];
    }

    private void Bind<T>(Command command, Option<T> option, Func<RunOptions, T, RunOptions> set)
    {
        command.Add(option);
        _bindings.Add((parsed, options) => parsed.GetResult(option) is { Implicit: false } ? set(options, parsed.GetValue(option)!) : options);
    }

    private void Text(Command command, string name, string helpName, string description, Func<RunOptions, string, RunOptions> set) =>
        Bind(command, new Option<string>(name) { Description = description, HelpName = helpName }, set);

    /// <summary>Words with commas between them.</summary>
    private void Words(Command command, string name, string description, Func<RunOptions, string[], RunOptions> set) => Bind(
        command,
        new Option<string[]>(name)
        {
            Description = description,
            HelpName = "WORD,WORD,...",
            CustomParser = result => result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        },
        set);

    private void Flag(Command command, string name, string description, Func<RunOptions, bool, RunOptions> set) =>
        Bind(command, new Option<bool>(name) { Description = description }, set);

    private void Columns(Command command, string name, string description, Func<RunOptions, string[], RunOptions> set) =>
        Bind(command, new Option<string[]>(name) { Description = description, HelpName = "COLUMN", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore }, set);

    private void Choice<T>(Command command, string name, string description, T byDefault, Func<RunOptions, T, RunOptions> set)
        where T : struct, Enum
    {
        Option<string?> option = CommonOptions.Choice<T>(name, $"{description} Default: {Choices.Name(byDefault)}.");
        Bind(command, option, (options, word) => Choices.TryParse(word, out T value) ? set(options, value) : options);
    }

    private void Number<T>(Command command, string name, string description, T? byDefault, Func<RunOptions, T, RunOptions> set)
        where T : struct, INumber<T>, IMinMaxValue<T> =>
        Bind(command, new NumberOption<T>(name, description, byDefault), (options, number) => set(options, number!.Value));

    private void Length(Command command, string name, string description, Func<RunOptions, int, RunOptions> set) => Bind(
        command,
        new Option<int>(name)
        {
            Description = description,
            HelpName = "N|auto",
            CustomParser = result =>
                result.Tokens[0].Value == "auto" ? RunOptions.Auto : NumberOption<int>.TryParse(name, result, out int steps) ? steps : default,
        },
        set);

    private void HiddenSizes(Command command) => Numbers<int>(
        command,
        HiddenSize,
        $"Width of each LSTM layer, from the input upwards. Default: {string.Join(',', s_defaults.HiddenSize)}.",
        "give one number a layer, such as 50,50,50",
        (options, sizes) => options with { HiddenSize = sizes });

    private void Shares(Command command, string name, string description, Func<RunOptions, double[], RunOptions> set) =>
        Numbers(command, name, description, "give shares with commas between them, such as 0.8,0.95", set);

    private void Numbers<T>(Command command, string name, string description, string remedy, Func<RunOptions, T[], RunOptions> set)
        where T : struct, INumber<T> => Bind(
        command,
        new Option<T[]>(name)
        {
            Description = description,
            HelpName = "N,N,...",
            CustomParser = result =>
            {
                string[] parts = result.Tokens[0].Value.Split(',');
                if (parts.All(part => T.TryParse(part, Style<T>(), CultureInfo.InvariantCulture, out _)))
                    return [.. parts.Select(part => T.Parse(part, Style<T>(), CultureInfo.InvariantCulture))];
                result.AddError($"{name} '{result.Tokens[0].Value}': {remedy}");
                return [];
            },
        },
        set);

    private static NumberStyles Style<T>() => typeof(T) == typeof(int) ? NumberStyles.Integer : NumberStyles.Float;
}
