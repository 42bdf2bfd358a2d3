using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static LstmTorch.OptionRange;

namespace LstmTorch;

/// <summary>Every option of a training run. The names in JSON and on the command line are these in snake and kebab case.</summary>
public sealed record RunOptions
{
    /// <summary>Stands for a length that <see cref="DataLengths"/> shall choose by the training rows: auto on the command line and in JSON.</summary>
    public const int Auto = -1;

    /// <summary>The longest context and the longest horizon: more rows than a file has, and the sum of both is still an <see cref="int"/>.</summary>
    public const int MaximumLength = 1_000_000_000;

    private static readonly double[] s_usualQuantiles = [0.1, 0.5, 0.9];

    /// <summary>The CSV file, or - for standard input; null for the embedded sample.</summary>
    public string? Data { get; init; }

    /// <summary>The run directory; null for checkpoints/ and the name of the data.</summary>
    public string? Out { get; init; }

    /// <summary>The time column; null to recognize it, none for the order of the rows.</summary>
    public string? Time { get; init; }

    /// <summary>The columns to predict; none means the first numeric column.</summary>
    public IReadOnlyList<string> Target { get; init; } = [];

    /// <summary>The columns to predict from: names, or all, all-but-last, target. None means all numeric columns.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Columns to predict from beside the targets, known up to the origin; instead of <see cref="Inputs"/>.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> PastCovariates { get; init; } = [];

    /// <summary>Columns to predict from whose values over the horizon are known at the origin, such as holidays and prices; they become inputs too.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> FutureCovariates { get; init; } = [];

    /// <summary>Columns whose values are names, also where they are numbers: an input for each. Text in the other lists is taken so by itself.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Whether each column of numbers, or of <see cref="Target"/>, is a series of its own, with the one target value.</summary>
    /// <value>No.</value>
    public bool Wide { get; init; }

    /// <summary>What of the rows' dates becomes inputs: hour, weekday, month, day-of-year, or auto or none alone; each as sine and cosine.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Calendar { get; init; } = [];

    /// <summary>The column that tells series apart; null for one series.</summary>
    public string? SeriesId { get; init; }

    /// <summary>The delimiter, one character or "tab"; null to find it.</summary>
    public string? Delimiter { get; init; }

    /// <summary>What to do about missing values.</summary>
    /// <value>They are errors.</value>
    public MissingValues Missing { get; init; } = MissingValues.Error;

    /// <summary>Whether moments that are absent between two rows become rows, which <see cref="Missing"/> fills.</summary>
    public bool InsertRows { get; init; }

    /// <summary>How many past steps the model sees.</summary>
    /// <value>30; from 1 to <see cref="MaximumLength"/>, or <see cref="Auto"/>.</value>
    [JsonConverter(typeof(LengthConverter))]
    public int ContextLength { get; init; } = 30;

    /// <summary>How many steps it predicts.</summary>
    /// <value>1; from 1 to <see cref="MaximumLength"/>.</value>
    public int Horizon { get; init; } = 1;

    /// <summary>The share of the rows, before the test rows, that chooses the best weights.</summary>
    /// <value>0.15; from 0, with the test share below 1.</value>
    public double ValidationFraction { get; init; } = 0.15;

    /// <summary>The share of the rows, the last ones, that is kept for the final score.</summary>
    /// <value>0.15; from 0, with the validation share below 1.</value>
    public double TestFraction { get; init; } = 0.15;

    /// <summary>The width of each LSTM layer.</summary>
    /// <value>50, 50, 50.</value>
    public IReadOnlyList<int> HiddenSize { get; init; } = [50, 50, 50];

    /// <summary>The share of units dropped after each layer in training.</summary>
    /// <value>0.2; from 0 to below 1.</value>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Whether dropout draws units at every time step, or once for all steps of a window.</summary>
    /// <value>At every time step.</value>
    public DropoutKind DropoutKind { get; init; } = DropoutKind.Standard;

    /// <summary>The share of each layer's recurrent weights that is dropped in each step of training.</summary>
    /// <value>0; from 0 to below 1.</value>
    public double RecurrentDropout { get; init; }

    /// <summary>The form of the peepholes.</summary>
    /// <value>Full.</value>
    public PeepholeKind Peephole { get; init; } = PeepholeKind.Full;

    /// <summary>The gates that have one, as letters.</summary>
    /// <value>ifco.</value>
    public string Connections { get; init; } = "ifco";

    /// <summary>How columns are scaled, fitted to the training rows.</summary>
    /// <value>To [0, 1].</value>
    public ScalerKind Scaler { get; init; } = ScalerKind.MinMax;

    /// <summary>Whether each series gets scales of its own, fitted to its own training rows.</summary>
    /// <value>No: one scale a column serves all.</value>
    public bool ScalePerSeries { get; init; }

    /// <summary>How targets are transformed before they are scaled; forecasts are transformed back.</summary>
    /// <value>Not at all.</value>
    public TargetTransform Transform { get; init; } = TargetTransform.None;

    /// <summary>What is taken from each window, and given back to its forecast.</summary>
    /// <value>Nothing.</value>
    public WindowNormalization Normalize { get; init; } = WindowNormalization.None;

    /// <summary>How many past steps enter the network together, as one step of all their values.</summary>
    /// <value>1; divides the context length.</value>
    public int PatchLength { get; init; } = 1;

    /// <summary>Whether a linear map of the target's own past is added to the forecast.</summary>
    /// <value>No.</value>
    public bool Highway { get; init; }

    /// <summary>The steps of one season, for the seasonal naive forecast and MASE; null to take it from the time column.</summary>
    /// <value>None; at least 1, or <see cref="Auto"/>.</value>
    [JsonConverter(typeof(LengthConverter))]
    public int? Seasonality { get; init; }

    /// <summary>The shares of values that the intervals around each forecast shall hold; calibrated on the validation part.</summary>
    /// <value>None; each above 0 and below 1.</value>
    public IReadOnlyList<double> Intervals { get; init; } = [];

    /// <summary>Whether the network gives all steps of the horizon at once, or one, which is fed back for the next.</summary>
    /// <value>All at once.</value>
    public ForecastStrategy Strategy { get; init; } = ForecastStrategy.Direct;

    /// <summary>
    /// How fast intervals follow what they have missed, in the test part, in evaluate, in backtest and in predict --all, where values come true
    /// one after another. With --intervals only.
    /// </summary>
    /// <value>0: they stay as they were calibrated; at most 1.</value>
    public double IntervalRate { get; init; }

    /// <summary>How many networks to train, of seeds that follow each other; the forecast is the mean of theirs.</summary>
    /// <value>1.</value>
    public int Ensemble { get; init; } = 1;

    /// <summary>Epochs in all, also after a resume.</summary>
    /// <value>100.</value>
    public int Epochs { get; init; } = 100;

    /// <summary>Windows a step.</summary>
    /// <value>32.</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>What training makes small.</summary>
    /// <value>The mean squared error.</value>
    public ForecastLoss Loss { get; init; } = ForecastLoss.Mse;

    /// <summary>
    /// The quantiles of each forecast, as the shares of values below them. With --loss quantile, gaussian or student-t only;
    /// 0.5, and what --intervals lie between, are added.
    /// </summary>
    /// <value>0.1, 0.5 and 0.9 where the loss has quantiles; each above 0 and below 1.</value>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>Whether the errors of each series are divided by its in-sample seasonal naive error, so that all count alike.</summary>
    /// <value>No.</value>
    public bool BalanceSeries { get; init; }

    /// <summary>The step size of Adam.</summary>
    /// <value>0.001.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the step size changes while training goes on.</summary>
    /// <value>It is constant.</value>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Epochs over which the step size grows from nothing.</summary>
    /// <value>0; below the epochs.</value>
    public int WarmupEpochs { get; init; }

    /// <summary>The share of every weight that a step takes from it, a unit of the step size.</summary>
    /// <value>0.</value>
    public double WeightDecay { get; init; }

    /// <summary>How far steps of training go along full peepholes.</summary>
    /// <value>As far as along every other weight.</value>
    public PeepholeSteps PeepholeSteps { get; init; } = PeepholeSteps.Whole;

    /// <summary>What a moving average of the weights keeps of itself in each step; it is then what is validated and kept. Null for no average.</summary>
    public double? AverageWeights { get; init; }

    /// <summary>The largest 2-norm of all gradients together; null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Epochs without a better validation loss before training ends; null for never.</summary>
    public int? Patience { get; init; }

    /// <summary>What to do about a batch whose loss or gradient is not finite.</summary>
    /// <value>Stop.</value>
    public NonfiniteAction OnNonfinite { get; init; } = NonfiniteAction.Stop;

    /// <summary>What all randomness follows from.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    /// <value>auto.</value>
    public string Device { get; init; } = "auto";

    /// <summary>How matrix products round their factors on a CUDA device while training goes on; results are computed in float32.</summary>
    /// <value>fp32.</value>
    public MatrixPrecision Precision { get; init; } = MatrixPrecision.Fp32;

    /// <summary>auto, or a kernel's name.</summary>
    /// <value>auto.</value>
    public string Kernel { get; init; } = LstmKernels.Auto;

    /// <summary>CPU threads; null for one where a training step is small, otherwise one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>A checkpoint every so many epochs.</summary>
    /// <value>1.</value>
    public int CheckpointEvery { get; init; } = 1;

    /// <summary>A checkpoint every so many steps as well, within an epoch too; null for none within an epoch.</summary>
    public int? CheckpointSteps { get; init; }

    /// <summary>Go on from the newest checkpoint of the run directory.</summary>
    public bool Resume { get; init; }

    /// <summary>Replace the run that is in the run directory.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The quantiles of a forecast, ascending: those asked for, the median, and those between which the intervals lie; none where the loss has none.</summary>
    internal IReadOnlyList<double> ForecastQuantiles => ForecastLosses.Distribution(Loss) == OutputDistribution.Point
        ? []
        : [.. (Quantiles.Count == 0 ? s_usualQuantiles : Quantiles).Append(ForecasterConfig.Median).Concat(Intervals.SelectMany(PredictionInterval.EndsOf)).Distinct().Order()];

    /// <summary>The options that the trainer needs.</summary>
    internal TrainingOptions Training => new()
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        Loss = Loss,
        LearningRate = LearningRate,
        Schedule = Schedule,
        WarmupEpochs = WarmupEpochs,
        WeightDecay = WeightDecay,
        PeepholeSteps = PeepholeSteps,
        AverageWeights = AverageWeights,
        ClipNorm = ClipNorm,
        Patience = Patience,
        OnNonfinite = OnNonfinite,
        Seed = Seed,
    };

    /// <summary>The options that the reader needs.</summary>
    internal ReadOptions Reading => new()
    {
        TimeColumn = Time,
        SeriesIdColumn = SeriesId,
        Delimiter = ParseDelimiter(Delimiter),
        Missing = Missing,
        InsertRows = InsertRows,
        Targets = Target,
        Inputs = Inputs,
        PastCovariates = PastCovariates,
        FutureCovariates = FutureCovariates,
        Categorical = Categorical,
        Wide = Wide,
        Calendar = Calendar,
    };

    /// <summary>Finds everything that is wrong with the options alone, before any work.</summary>
    /// <exception cref="LstmTorchException">An option is out of its range, or two contradict each other.</exception>
    public void Validate()
    {
        if (Out is "")
            throw new LstmTorchException(ErrorKind.Usage, "--out '' names no folder");
        Require(ContextLength is (>= 1 and <= MaximumLength) or Auto, "--context-length", ContextLength, $"from 1 to {MaximumLength}");
        Require(Horizon is >= 1 and <= MaximumLength, "--horizon", Horizon, $"from 1 to {MaximumLength}");
        Require(PatchLength >= 1 && (ContextLength == Auto || ContextLength % PatchLength == 0), "--patch-length", PatchLength, $"a divisor of --context-length, {ContextLength}");
        Require(ValidationFraction is >= 0 and < 1, "--validation-fraction", ValidationFraction, "from 0 to below 1");
        Require(TestFraction is >= 0 and < 1, "--test-fraction", TestFraction, "from 0 to below 1");
        Require(
            ValidationFraction + TestFraction < 1,
            "the sum of --validation-fraction and --test-fraction",
            ValidationFraction + TestFraction,
            "below 1, so that rows are left to train on");
        if (InsertRows && (Missing is MissingValues.Error or MissingValues.Drop || Time == ReadOptions.NoTime))
            throw new LstmTorchException(ErrorKind.Usage, "--insert-rows needs a time column, and --missing interpolate or forward-fill, which fills the rows");
        Require(HiddenSize.Count >= 1, "--hidden-size", "empty", "one number a layer, such as 50,50,50");
        foreach (int size in HiddenSize)
            Require(size is >= 1 and <= ForecasterConfig.MaximumHiddenSize, "--hidden-size", size, $"from 1 to {ForecasterConfig.MaximumHiddenSize}");
        Require(Dropout is >= 0 and < 1, "--dropout", Dropout, "from 0 to below 1");
        Require(RecurrentDropout is >= 0 and < 1, "--recurrent-dropout", RecurrentDropout, "from 0 to below 1");
        Runtime.Model.Peephole.ParseConnections(Connections);
        Require(Seasonality is null or >= 1 or Auto, "--seasonality", Seasonality, "at least 1");
        foreach (double share in Intervals)
            Require(share is > 0 and < 1, "--intervals", share, "a share above 0 and below 1, such as 0.8");
        Require(Intervals.Count == 0 || ValidationFraction > 0, "--validation-fraction", ValidationFraction, "above 0, since --intervals are calibrated on that part");
        if (ScalePerSeries && ((SeriesId is null && !Wide) || Scaler == ScalerKind.None))
            throw new LstmTorchException(ErrorKind.Usage, "--scale-per-series needs --series-id or --wide, which tell series apart, and another --scaler than none");
        Require(IntervalRate is >= 0 and <= 1, "--interval-rate", IntervalRate, "from 0 to 1, such as 0.1");
        if (IntervalRate > 0 && Intervals.Count == 0)
            throw new LstmTorchException(ErrorKind.Usage, "--interval-rate needs --intervals, whose widths it changes");
        foreach (double share in Quantiles)
            Require(share is > 0 and < 1, "--quantiles", share, "a share above 0 and below 1, such as 0.9");
        bool hasQuantiles = ForecastLosses.Distribution(Loss) != OutputDistribution.Point;
        if (Quantiles.Count > 0 && !hasQuantiles)
            throw new LstmTorchException(ErrorKind.Usage, "--quantiles needs a loss that learns them; give --loss quantile, gaussian or student-t");
        Require(ForecastQuantiles.Count <= ForecasterConfig.MaximumQuantiles, "the number of --quantiles", ForecastQuantiles.Count, $"at most {ForecasterConfig.MaximumQuantiles}");
        if (Strategy == ForecastStrategy.Recursive && hasQuantiles)
            throw new LstmTorchException(ErrorKind.Usage, "--strategy recursive feeds one number back, and this --loss gives several; give --loss mse, mae or huber, with --intervals for what may come");
        if (Normalize == WindowNormalization.Difference && Horizon > 1 && hasQuantiles)
            throw new LstmTorchException(ErrorKind.Usage, "--normalize difference adds steps up, and the quantiles of a sum are not the sum of the quantiles; give --horizon 1, --normalize last, or --loss mse, mae or huber");
        if (BalanceSeries && Loss is ForecastLoss.Gaussian or ForecastLoss.StudentT)
            throw new LstmTorchException(ErrorKind.Usage, "--balance-series weighs errors, and a likelihood counts all series alike already; leave it out, or give --loss quantile");
        if (BalanceSeries && Transform != TargetTransform.None)
            throw new LstmTorchException(ErrorKind.Usage, "--balance-series divides errors in original units, and --transform has others; give one of them");
        Require(Ensemble is >= 1 and <= ForecasterConfig.MaximumMembers, "--ensemble", Ensemble, $"from 1 to {ForecasterConfig.MaximumMembers}");
        Require(Epochs >= 1, "--epochs", Epochs, "at least 1");
        Require(BatchSize >= 1, "--batch-size", BatchSize, "at least 1");
        Require(LearningRate is > 0 and <= 1000, "--learning-rate", LearningRate, "above 0 and at most 1000");
        Require(WarmupEpochs >= 0 && WarmupEpochs < Epochs, "--warmup-epochs", WarmupEpochs, $"from 0 to below --epochs, {Epochs}");
        Require(WeightDecay >= 0 && LearningRate * WeightDecay < 1, "--weight-decay", WeightDecay, "at least 0, and with --learning-rate not so large that a step takes all");
        Require(AverageWeights is null or (> 0 and < 1), "--average-weights", AverageWeights, "above 0 and below 1, such as 0.999");
        Require(ClipNorm is null || (ClipNorm > 0 && double.IsFinite(ClipNorm.Value)), "--clip-norm", ClipNorm, "above 0");
        Require(Patience is null or >= 1, "--patience", Patience, "at least 1");
        Require(Threads is null or >= 1, "--threads", Threads, "at least 1");
        Require(CheckpointEvery >= 1, "--checkpoint-every", CheckpointEvery, "at least 1");
        Require(CheckpointSteps is null or >= 1, "--checkpoint-steps", CheckpointSteps, "at least 1");
        if (Resume && Overwrite)
            throw new LstmTorchException(ErrorKind.Usage, "--resume continues a run and --overwrite replaces it; give one of them");
        LstmKernels.Wanted(Kernel);
        CalendarColumns.Parse(Calendar);
        if (Inputs.Count > 0 && PastCovariates.Count > 0)
            throw new LstmTorchException(ErrorKind.Usage, "--inputs names all inputs, and --past-covariates those beside the targets; give one of them");
        if (Wide && (Inputs.Count > 0 || SeriesId is not null))
            throw new LstmTorchException(ErrorKind.Usage, $"with --wide each column is a series and its own input; leave out {(SeriesId is null ? "--inputs (--past-covariates names what all series share)" : "--series-id")}");
        ParseDelimiter(Delimiter);
    }

    /// <summary>The options under their names in JSON.</summary>
    internal JsonObject ToJson() => JsonSerializer.SerializeToNode(this, RunConfig.Json)!.AsObject();

    /// <summary>An option with its value, as a message names it.</summary>
    internal static string Shown(string name, JsonNode? value) =>
        $"--{name.Replace('_', '-')} {value switch { null => "at its default", JsonArray list => string.Join(',', list), _ => value.ToString() }}";

    /// <summary>The command that repeats the run: what differs from the defaults.</summary>
    internal string ToCommand()
    {
        JsonObject defaults = new RunOptions().ToJson();
        IEnumerable<string> words = ToJson()
            .Where(option => option.Key is not ("data" or "out" or "resume" or "overwrite") && !JsonNode.DeepEquals(option.Value, defaults[option.Key]))
            .Select(option => $"--{option.Key.Replace('_', '-')} {Argument(option.Key, option.Value!)}");
        return string.Join(' ', ["lstmtorch train", .. Data is null ? [] : new[] { Quoted(Data) }, .. words]);
    }

    private static string Argument(string name, JsonNode value) => value is JsonArray list
        ? string.Join(name is "hidden_size" or "intervals" or "calendar" or "quantiles" ? "," : " ", list.Select(item => Quoted(item!.ToString())))
        : Quoted(value.ToString());

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/' or ':' or ',' or '+')
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static char? ParseDelimiter(string? delimiter) => delimiter switch
    {
        null => null,
        "tab" or "\\t" or "\t" => '\t',
        [char character] when !char.IsAsciiLetterOrDigit(character) && character is not ('"' or '.' or '-' or '+' or '\n' or '\r') => character,
        _ => throw new LstmTorchException(ErrorKind.Usage, $"--delimiter '{delimiter}': use one character such as ; or tab"),
    };
}
