namespace LstmTorch.Runtime.Model;

/// <summary>
/// The one description of a model: what it reads, what it predicts and how it is built. Together with the weights of
/// the same file it is all that a forecast needs.
/// </summary>
public sealed record ForecasterConfig
{
    /// <summary>The version of this description that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The widest layer: its recurrent weights alone take 64 GB.</summary>
    public const int MaximumHiddenSize = 65536;

    /// <summary>The most networks in one model; beyond a few dozen another one changes nothing.</summary>
    public const int MaximumMembers = 1000;

    /// <summary>The most quantiles of a forecast.</summary>
    public const int MaximumQuantiles = 1000;

    /// <summary>The quantile that is the forecast.</summary>
    public const double Median = 0.5;

    /// <summary>The input columns, in the order of the model's inputs.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The target columns, in the order of the model's outputs.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>How many past steps the model sees, the origin included.</summary>
    /// <value>30; at least 1.</value>
    public int ContextLength { get; init; } = 30;

    /// <summary>How many steps after the origin the model predicts.</summary>
    /// <value>1; at least 1.</value>
    public int Horizon { get; init; } = 1;

    /// <summary>The width of each LSTM layer, from the input upwards.</summary>
    /// <value>50, 50, 50; at least one layer, each at least 1 wide.</value>
    public IReadOnlyList<int> HiddenSizes { get; init; } = [50, 50, 50];

    /// <summary>The share of units dropped after each LSTM layer in training.</summary>
    /// <value>0.2; from 0 to below 1.</value>
    public double Dropout { get; init; } = 0.2;

    /// <summary>What dropout draws anew: units at every time step, or once a sequence.</summary>
    /// <value>At every time step.</value>
    public DropoutKind DropoutKind { get; init; } = DropoutKind.Standard;

    /// <summary>The share of the recurrent weights, weight_hh of each layer, that is dropped in each step of training.</summary>
    /// <value>0; from 0 to below 1.</value>
    public double RecurrentDropout { get; init; }

    /// <summary>The form of the peepholes.</summary>
    /// <value>Full matrices.</value>
    public PeepholeKind Peephole { get; init; } = PeepholeKind.Full;

    /// <summary>The gates that have a peephole.</summary>
    /// <value>All four, "ifco".</value>
    public PeepholeConnections Connections { get; init; } = PeepholeConnections.All;

    /// <summary>How the columns were scaled.</summary>
    /// <value>To [0, 1] over the training rows.</value>
    public ScalerKind Scaler { get; init; } = ScalerKind.MinMax;

    /// <summary>What is taken from each window, and given back to its forecast.</summary>
    /// <value>Nothing; anything else needs every target among the inputs.</value>
    public WindowNormalization Normalize { get; init; } = WindowNormalization.None;

    /// <summary>How many past steps enter the network together, as one step of all their values.</summary>
    /// <remarks>
    /// Patches of a day make a week seven steps instead of 168: faster, and within reach of what an LSTM remembers (Lin et al.,
    /// "SegRNN", 2023).
    /// </remarks>
    /// <value>1; divides <see cref="ContextLength"/>.</value>
    public int PatchLength { get; init; } = 1;

    /// <summary>
    /// Whether a linear map of the target's own past is added to the forecast (Lai et al., "Modeling Long- and Short-Term
    /// Temporal Patterns", 2018, equation 8). One map serves all targets.
    /// </summary>
    /// <value>No; needs every target among the inputs.</value>
    public bool Highway { get; init; }

    /// <summary>How the model comes to the steps of its horizon.</summary>
    /// <value>All at once; step by step it needs the targets, and nothing else, as inputs.</value>
    public ForecastStrategy Strategy { get; init; } = ForecastStrategy.Direct;

    /// <summary>The steps that the network itself gives: the horizon, or 1 where its forecasts are fed back.</summary>
    public int NetworkSteps => Strategy == ForecastStrategy.Recursive ? 1 : Horizon;

    /// <summary>What the network says about each step of each target.</summary>
    /// <value>One number.</value>
    public OutputDistribution Distribution { get; init; } = OutputDistribution.Point;

    /// <summary>The shares of values that shall lie below each quantile of a forecast, ascending; the forecast itself is that of 0.5.</summary>
    /// <value>None; a model with a <see cref="Distribution"/> has at least 0.5, and at most <see cref="MaximumQuantiles"/>.</value>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>How many networks of this kind the model has, alike but for their weights; the forecast is the mean of theirs.</summary>
    /// <value>1; at least 1, at most <see cref="MaximumMembers"/>.</value>
    public int Members { get; init; } = 1;

    /// <summary>The scale of each input column, in the order of <see cref="Inputs"/>.</summary>
    public required IReadOnlyList<ColumnScaler> InputScalers { get; init; }

    /// <summary>The scale of each target column, in the order of <see cref="Targets"/>.</summary>
    public required IReadOnlyList<ColumnScaler> TargetScalers { get; init; }

    /// <summary>
    /// The scales of each series, where each has its own. <see cref="InputScalers"/> and <see cref="TargetScalers"/> are then those
    /// of all series together.
    /// </summary>
    /// <value>None: one scale a column serves all.</value>
    public IReadOnlyList<SeriesScale> SeriesScales { get; init; } = [];

    /// <summary>The intervals around each forecast; of a model with <see cref="SeriesScales"/> in the units of <see cref="ForSeries(string)"/>.</summary>
    /// <value>None.</value>
    public IReadOnlyList<PredictionInterval> Intervals { get; init; } = [];

    /// <summary>How fast intervals follow what they have missed, where forecasts are gone through in the order of time.</summary>
    /// <value>0: they stay as they were calibrated; at most 1.</value>
    public double IntervalRate { get; init; }

    /// <summary>For each target, the smallest change of a window by which intervals are widened, in original units.</summary>
    /// <value>Empty where there are no intervals.</value>
    public IReadOnlyList<double> SmallestChanges { get; init; } = [];

    /// <summary>
    /// What of the rows' moments the model sees: for each two of <see cref="Inputs"/>, named by
    /// <see cref="CalendarFeatures.Columns"/>. <see cref="CalendarFeatures"/> computes their values.
    /// </summary>
    /// <value>Nothing.</value>
    public IReadOnlyList<CalendarFeature> Calendar { get; init; } = [];

    /// <summary>The columns of names whose names are among <see cref="Inputs"/>, an input each.</summary>
    /// <value>None.</value>
    public IReadOnlyList<CategoricalColumn> Categories { get; init; } = [];

    /// <summary>
    /// The inputs that are known in advance, F of them: a forecast sees u_k, their scaled values k steps after the origin, as well. With
    /// h the last hidden state of the last layer, each step gets
    /// <code>
    /// z_k = tanh(decoder.weight [h; u_k] + decoder.bias)
    /// said_k += covariates.weight [z_k; u_k]
    /// </code>
    /// where said_k is what the head says of the step: the forecasts of its targets, or quantiles, or locations and scales.
    /// One map serves all steps, so that it learns what a holiday does from every step of every window (as the temporal decoder of Das et
    /// al., "Long-term Forecasting with TiDE", 2023, section 4.2.2).
    /// </summary>
    /// <value>None; never a target.</value>
    public IReadOnlyList<string> FutureCovariates { get; init; } = [];

    /// <summary>The columns of the data that are series of their own, all with one target; empty where series lie below each other.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> SeriesColumns { get; init; } = [];

    /// <summary>
    /// Input columns that window normalization leaves as they are, because their level is what they say: calendar, categories,
    /// what is known in advance, and what is constant within each series.
    /// </summary>
    /// <value>None; never a target.</value>
    public IReadOnlyList<string> NormalizeExcept { get; init; } = [];

    /// <summary>The name of the time column, or null where rows are only numbered.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>How far the rows of the training data lay apart, in words, such as "1 day"; null without a time column, and in files that are older than it.</summary>
    public string? TimeStep { get; init; }

    /// <summary>The name of the column that tells series apart, or null where the data is one series.</summary>
    public string? SeriesIdColumn { get; init; }

    /// <summary>How many steps one season has; 1 where there is none.</summary>
    /// <value>1.</value>
    public int Seasonality { get; init; } = 1;

    /// <summary>How missing values were filled.</summary>
    /// <value>They are errors.</value>
    public MissingValues Missing { get; init; } = MissingValues.Error;

    /// <summary>Whether moments that are absent between two rows are rows too, whose values are missing.</summary>
    public bool InsertRows { get; init; }

    /// <summary>Numbers that the head gives for each step of each target.</summary>
    internal int OutputsPerValue => Distribution switch
    {
        OutputDistribution.Point => 1,
        OutputDistribution.Quantiles => Quantiles.Count,
        _ => 2,
    };

    /// <summary>Checks every range.</summary>
    /// <exception cref="LstmTorchException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(AreNames(Inputs), "inputs", "the names of at least one column, without control characters");
        Require(AreNames(Targets), "targets", "the names of at least one column, without control characters");
        Require(ContextLength >= 1, "context_length", "at least 1");
        Require(Horizon >= 1, "horizon", "at least 1");
        Require(HiddenSizes.Count >= 1 && HiddenSizes.All(size => size is >= 1 and <= MaximumHiddenSize), "hidden_sizes", $"one or more numbers from 1 to {MaximumHiddenSize}");
        Require(Dropout is >= 0 and < 1, "dropout", "from 0 to below 1");
        Require(RecurrentDropout is >= 0 and < 1, "recurrent_dropout", "from 0 to below 1");
        Require(InputScalers.Count == Inputs.Count, "input_scalers", "one for each input");
        Require(TargetScalers.Count == Targets.Count, "target_scalers", "one for each target");
        Require(
            SeriesScales.All(scale => scale?.Id is not null && scale.InputScalers.Count == Inputs.Count && scale.TargetScalers.Count == Targets.Count)
            && SeriesScales.Select(scale => scale.Id).Distinct().Count() == SeriesScales.Count,
            "series_scales",
            "one for each series, with a scale for each input and target");
        Require(
            Scales.SelectMany(scale => scale.InputScalers.Concat(scale.TargetScalers)).All(scaler => double.IsFinite(scaler.Offset) && double.IsFinite(scaler.Scale) && scaler.Scale != 0 && double.IsFinite(scaler.Power ?? 0)),
            "input_scalers and target_scalers",
            "finite, with a scale other than 0");
        Require(Seasonality >= 1, "seasonality", "at least 1");
        Require(
            Normalize == WindowNormalization.None || Targets.All(Inputs.Contains),
            "normalize",
            "none where a target is not among the inputs: its level in the window is not known");
        Require(
            Normalize != WindowNormalization.Difference || Horizon == 1 || Distribution == OutputDistribution.Point,
            "normalize",
            "another than difference for a model with a distribution and a horizon above 1: the quantiles of a sum are not the sum of the quantiles");
        Require(
            Intervals.All(interval => interval.Coverage is > 0 and < 1 && interval.HalfWidths.Count == (long)Horizon * Targets.Count && interval.HalfWidths.All(width => double.IsFinite(width) && (width >= 0 || Distribution != OutputDistribution.Point))),
            "intervals",
            "shares between 0 and 1 with a finite half width for each step and target");
        Require(
            SmallestChanges.Count == (Intervals.Count == 0 ? 0 : Targets.Count) && SmallestChanges.All(change => double.IsFinite(change) && change > 0),
            "smallest_changes",
            "one above 0 for each target where there are intervals");
        Require(PatchLength >= 1 && ContextLength % PatchLength == 0, "patch_length", $"a divisor of the context length, {ContextLength}");
        Require(Members is >= 1 and <= MaximumMembers, "members", $"from 1 to {MaximumMembers}");
        Require(Calendar.All(feature => CalendarFeatures.Columns(feature).All(Inputs.Contains)), "calendar", "features whose columns, such as hour_sin and hour_cos, are among the inputs");
        Require(
            Categories.All(column => column is { Column: not null, Values: not null } && column.Values.All(value => value is not null && Inputs.Contains(CategoricalColumn.InputOf(column.Column, value)))),
            "categories",
            "columns with names that are inputs, such as holiday=christmas");
        Require(FutureCovariates.All(column => Inputs.Contains(column) && !Targets.Contains(column)), "future_covariates", "inputs that are no targets");
        Require(!InsertRows || (TimeColumn is not null && Missing is MissingValues.Interpolate or MissingValues.ForwardFill), "insert_rows", "false where there is no time column, or missing values are not filled");
        Require(TimeStep is null || AreNames([TimeStep]), "time_step", "words such as 1 day");
        Require(SeriesColumns.Count == 0 || (AreNames(SeriesColumns) && Targets.Count == 1 && SeriesIdColumn is null), "series_columns", "the names of columns, with one target and without a series_id_column");
        Require(NormalizeExcept.All(column => Inputs.Contains(column) && !Targets.Contains(column)), "normalize_except", "inputs that are no targets");
        Require(
            Strategy == ForecastStrategy.Direct || FeedsBack(),
            "strategy",
            "direct where the inputs are not the targets, with the same scales: a forecast can take the place of a row only if it has all of its columns (--inputs target)");
        Require(
            Strategy == ForecastStrategy.Direct || Distribution == OutputDistribution.Point,
            "strategy",
            "direct for a model with a distribution: what is fed back is one number");
        Require(IntervalRate is >= 0 and <= 1, "interval_rate", "from 0 to 1");
        RequireQuantiles();
        Require(!Highway || Targets.All(Inputs.Contains), "highway", "false where a target is not among the inputs: it maps the target's past");
    }

    /// <summary>The description of the model for one series: that series' scales are the only ones.</summary>
    /// <param name="id">The series' id; any where all series have the same scales.</param>
    /// <exception cref="LstmTorchException">The model has no scales for this series.</exception>
    public ForecasterConfig ForSeries(string id)
    {
        const int named = 5;
        if (SeriesScales.Count == 0)
            return this;
        return SeriesScales.FirstOrDefault(scale => scale.Id == id) is { } found
            ? ForSeries(found)
            : throw new LstmTorchException(
                ErrorKind.Usage,
                $"the model scales each series by itself and has not seen '{id}'; it knows {string.Join(", ", SeriesScales.Take(named).Select(scale => $"'{scale.Id}'"))}{(SeriesScales.Count > named ? $" and {SeriesScales.Count - named} more" : string.Empty)}");
    }

    /// <summary>The description of the model for a series with these scales.</summary>
    /// <param name="scale">The scales; <see cref="ColumnScaler.Fit(ScalerKind, ReadOnlySpan{double})"/> fits them to rows of a series that the model has not seen.</param>
    public ForecasterConfig ForSeries(SeriesScale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);

        // What was in the unit of each series comes to original units. Where windows are normalized, widths are in units of their change.
        double Wide(double width, int output) => Normalize == WindowNormalization.None ? width * scale.Unit(output % Targets.Count) : width;
        return this with
        {
            InputScalers = scale.InputScalers,
            TargetScalers = scale.TargetScalers,
            SeriesScales = [],
            Intervals = [.. Intervals.Select(interval => interval with { HalfWidths = [.. interval.HalfWidths.Select(Wide)] })],
            SmallestChanges = [.. SmallestChanges.Select((change, target) => change * scale.Unit(target))],
        };
    }

    private IEnumerable<SeriesScale> Scales => SeriesScales.Prepend(new SeriesScale(string.Empty, InputScalers, TargetScalers));

    private bool FeedsBack() => Inputs.Count == Targets.Count && Targets.Select((target, n) => (target, n)).All(entry =>
        Inputs.ToList().IndexOf(entry.target) is >= 0 and int column && Scales.All(scale => scale.InputScalers[column] == scale.TargetScalers[entry.n]));

    private void RequireQuantiles()
    {
        bool isPoint = Distribution == OutputDistribution.Point;
        Require(
            isPoint ? Quantiles.Count == 0 : Quantiles.Count <= MaximumQuantiles && Quantiles.Contains(Median),
            "quantiles",
            isPoint ? "empty for a model of one number" : $"at most {MaximumQuantiles}, with {Median} among them");
        Require(
            Quantiles.All(quantile => quantile is > 0 and < 1) && Quantiles.Zip(Quantiles.Skip(1)).All(pair => pair.First < pair.Second),
            "quantiles",
            "shares between 0 and 1, each above the one before");
        Require(
            isPoint || Scales.SelectMany(scale => scale.TargetScalers).All(scaler => scaler.Scale > 0),
            "target_scalers",
            "above 0 for a model with quantiles, which would change places");
        Require(
            isPoint || Intervals.All(interval => interval.Ends.All(Quantiles.Contains)),
            "intervals",
            "between quantiles that the model has");
    }

    // A JSON array can hold nulls whatever the type of the list says, and names are shown on terminals.
    private static bool AreNames(IReadOnlyList<string?> columns) => columns.Count >= 1 && columns.All(column => column is not null && !column.Any(char.IsControl));

    private static void Require(bool holds, string key, string range)
    {
        if (!holds)
            throw new LstmTorchException(ErrorKind.Usage, $"{key} must be {range}");
    }
}

/// <summary>What to do about missing values.</summary>
public enum MissingValues
{
    /// <summary>Stop, and name the first of them.</summary>
    Error,

    /// <summary>Draw a straight line between the neighbours; at the end, repeat the last value. Rows before the first value are left out.</summary>
    Interpolate,

    /// <summary>Repeat the last value before. Rows before the first value are left out.</summary>
    ForwardFill,

    /// <summary>Leave out each row that has one.</summary>
    Drop,
}
