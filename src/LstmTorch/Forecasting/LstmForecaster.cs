using LstmTorch.Recurrent;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>
/// The documented model: LSTM layers with dropout after each, and a linear head on the last hidden state that gives the
/// whole horizon at once (direct multi-step), or one step, which outside of training is fed back for the next. A highway past the layers may add a linear map of the target's own past.
/// </summary>
/// <remarks>
/// The state dict holds the layers' names as <see cref="PeepholeLstm"/> gives them, head.weight [steps · targets, H] and
/// head.bias [steps · targets], rows ordered by step, then target, and highway.weight [steps, context length] where there is one; steps
/// is <see cref="ForecasterConfig.NetworkSteps"/>.
/// With a distribution there are as many rows for each target as it has numbers, and for Student's t <see cref="ModelTensors.Freedom"/>.
/// With covariates that are known in advance there are decoder.weight [H, H + F], decoder.bias [H] and covariates.weight
/// [targets, H + F], of which the same holds; their equations stand at <see cref="ForecasterConfig.FutureCovariates"/>.
/// </remarks>
public sealed class LstmForecaster : nn.Module<Tensor, Tensor>
{
    // Of the order of what returns of prices have; see DistributionHead.
    private const double InitialFreedom = 7;

    private readonly PeepholeLstm lstm;
    private readonly Linear head;
    private readonly Linear? highway;
    private readonly Parameter? _freedom;
    private readonly Linear? decoder;
    private readonly Linear? covariates;
    private readonly Tensor? _targetColumns;
    private readonly Tensor? _keptColumns;
    private readonly Tensor? _inputOrder;

    /// <summary>
    /// Builds the network of a configuration. The layers start as <see cref="CellInitialization"/> says, the head Glorot uniform
    /// with a bias of 0, the decoder too; the highway and what the covariates add are 0.
    /// </summary>
    /// <param name="config">What the model reads and predicts, and how it is built.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; the CPU if null.</param>
    public LstmForecaster(ForecasterConfig config, ScalarType dtype = ScalarType.Float32, Device? device = null)
        : base(nameof(LstmForecaster))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        _targetColumns = config.Normalize == WindowNormalization.None && !config.Highway
            ? null
            : tensor([.. config.Targets.Select(target => config.Inputs.ToList().IndexOf(target))], dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
        _keptColumns = config.NormalizeExcept.Count == 0
            ? null
            : tensor([.. config.Inputs.Select(config.NormalizeExcept.Contains)], device: device).DetachFromDisposeScope();
        _inputOrder = config.Strategy == ForecastStrategy.Direct
            ? null
            : tensor([.. config.Inputs.Select(input => config.Targets.ToList().IndexOf(input))], dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
        lstm = new PeepholeLstm(
            config.PatchLength * config.Inputs.Count, config.HiddenSizes, new Peephole(config.Peephole, config.Connections), config.Dropout, dtype: dtype, device: device)
        {
            DropoutKind = config.DropoutKind,
            RecurrentDropout = config.RecurrentDropout,
        };

        // Drawn on the CPU and then moved: one seed gives one start on every device.
        head = nn.Linear(config.HiddenSizes[^1], config.NetworkSteps * config.Targets.Count * config.OutputsPerValue, dtype: dtype);
        highway = config.Highway ? nn.Linear(config.ContextLength, config.NetworkSteps, hasBias: false, dtype: dtype) : null;
        if (config.FutureCovariates.Count is > 0 and int known)
        {
            int hidden = config.HiddenSizes[^1];
            decoder = nn.Linear(hidden + known, hidden, dtype: dtype);
            covariates = nn.Linear(hidden + known, config.Targets.Count * config.OutputsPerValue, hasBias: false, dtype: dtype);
        }

        using (no_grad())
        {
            nn.init.xavier_uniform_(head.weight!);
            head.bias!.zero_();
            highway?.weight!.zero_();
            if (decoder is not null)
            {
                nn.init.xavier_uniform_(decoder.weight!);
                decoder.bias!.zero_();
                covariates!.weight!.zero_();
            }
        }

        head = head.to(device ?? CPU);
        highway = highway?.to(device ?? CPU);
        decoder = decoder?.to(device ?? CPU);
        covariates = covariates?.to(device ?? CPU);
        if (config.Distribution == OutputDistribution.StudentT)
            _freedom = new Parameter(full(config.Targets.Count, Math.Log(InitialFreedom - QuantileFactors.SmallestFreedom), dtype: dtype, device: device).DetachFromDisposeScope());
        Distribution = config.Distribution == OutputDistribution.Point ? null : new DistributionHead(config, _freedom, dtype, device);

        RegisterComponents();
    }

    /// <summary>The description that the network was built from.</summary>
    public ForecasterConfig Config { get; }

    /// <summary>The recurrent layers.</summary>
    public PeepholeLstm Lstm => lstm;

    /// <summary>What the outputs mean; null where each is a forecast.</summary>
    internal DistributionHead? Distribution { get; }

    /// <summary>How many numbers the model learns.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <inheritdoc cref="Forecast"/>
    public override Tensor forward(Tensor input) => Forecast(input, null);

    /// <summary>Predicts the horizon after each window.</summary>
    /// <param name="input">Scaled contexts, dimensionless, [B, T, D].</param>
    /// <param name="known">Scaled covariates that are known in advance, dimensionless, [B, horizon, F]; null for a model without.</param>
    /// <returns>
    /// Scaled forecasts, dimensionless, [B, horizon, targets]; in training, of a model that feeds them back, the first step alone,
    /// [B, 1, targets]; with a distribution, what <see cref="DistributionHead.Of"/> gives.
    /// </returns>
    /// <exception cref="ArgumentException">The model has covariates that are known in advance, and they are not given, or the other way round.</exception>
    public Tensor Forecast(Tensor input, Tensor? known)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (known is null != decoder is null)
            throw new ArgumentException($"The model sees {Config.FutureCovariates.Count} covariates that are known in advance.", nameof(known));
        if (_inputOrder is null || training)
            return OfNetwork(input, known);

        using var scope = NewDisposeScope();
        var steps = new List<Tensor> { OfNetwork(input, known) };
        Tensor window = input;
        while (steps.Count < Config.Horizon)
        {
            window = cat([window.narrow(1, 1, input.shape[1] - 1), steps[^1].index_select(2, _inputOrder)], 1);
            steps.Add(OfNetwork(window, known));
        }

        return cat(steps, 1).MoveToOuterDisposeScope();
    }

    private Tensor OfNetwork(Tensor input, Tensor? known)
    {
        using var scope = NewDisposeScope();
        NormalizedWindows normalized = Normalized(input);
        var (_, last) = lstm.call(Patches(normalized), null);
        Tensor features = last[^1].Hidden;
        if (training && Config.Dropout > 0)
            features = CounterDropout.Apply(features, Config.Dropout, CounterDropout.NewKey());
        Tensor output = head.call(features);
        if (known is not null)
            output = output.add(OfCovariates(features, known).flatten(1), alpha: HeldScalars.One);
        Tensor? ofPast = highway?.call(normalized.Input.index_select(2, _targetColumns!).transpose(1, 2)).transpose(1, 2);
        if (Distribution is not null)
            return Distribution.Of(output.reshape(input.shape[0], Config.NetworkSteps, Config.Targets.Count, Config.OutputsPerValue), ofPast, normalized).MoveToOuterDisposeScope();
        output = output.reshape(input.shape[0], Config.NetworkSteps, Config.Targets.Count);
        if (ofPast is not null)
            output = output.add(ofPast, alpha: HeldScalars.One);
        return normalized.Restore(output).MoveToOuterDisposeScope();
    }

    /// <summary>What the first layer sees of windows.</summary>
    /// <param name="input">Scaled contexts, dimensionless, [B, T, D].</param>
    /// <returns>[B, T / patch length, patch length · D]; owned by the caller's dispose scope.</returns>
    internal Tensor LayerInput(Tensor input) => Patches(Normalized(input));

    private NormalizedWindows Normalized(Tensor input) => NormalizedWindows.Of(Config.Normalize, input, _targetColumns, _keptColumns);

    private Tensor Patches(NormalizedWindows windows) =>
        windows.Input.reshape(windows.Input.shape[0], windows.Input.shape[1] / Config.PatchLength, lstm.InputSize);

    private Tensor OfCovariates(Tensor features, Tensor known)
    {
        Tensor states = features.unsqueeze(1).expand(-1, Config.Horizon, -1);
        Tensor z = decoder!.call(cat([states, known], 2)).tanh();
        return covariates!.call(cat([z, known], 2));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _targetColumns?.Dispose();
            _keptColumns?.Dispose();
            _inputOrder?.Dispose();
            Distribution?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The parameters under the names of the state dict.</summary>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        recurse
            ?
            [
                .. lstm.named_parameters(),
                .. Named(nameof(head), head),
                .. _freedom is null ? [] : new[] { (ModelTensors.Freedom, _freedom) },
                .. Named(nameof(highway), highway),
                .. Named(nameof(decoder), decoder),
                .. Named(nameof(covariates), covariates),
            ]
            : [];

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        StateDict.Of(named_parameters(), destination, prefix);

    private static IEnumerable<(string Name, Parameter Parameter)> Named(string prefix, Linear? layer) => layer is null
        ? []
        : layer.named_parameters().Select(entry => ($"{prefix}.{entry.name}", entry.parameter));
}
