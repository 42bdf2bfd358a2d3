using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Explaining;

/// <summary>
/// The forecast that is explained as a function of scaled windows: of a model with quantiles the median, of one that feeds its
/// forecasts back the whole path, of an ensemble one network at a time.
/// </summary>
internal sealed class PointForecaster
{
    /// <summary>Rows of windows at a time: what a backward pass keeps shall stay in a few hundred megabytes for long contexts.</summary>
    public const int BatchSize = 128;

    private readonly Device _device;
    private readonly int _median;

    /// <summary>Takes the networks of a model.</summary>
    /// <param name="networks">All members; put into evaluation mode.</param>
    /// <param name="device">Where they live.</param>
    public PointForecaster(IReadOnlyList<LstmForecaster> networks, Device device)
    {
        Networks = networks;
        Config = networks[0].Config;
        _device = device;
        _median = Config.Quantiles.ToList().IndexOf(ForecasterConfig.Median);
        foreach (LstmForecaster network in networks)
        {
            network.eval();

            // Gradients are of the inputs.
            foreach (var parameter in network.parameters())
                parameter.requires_grad = false;
        }
    }

    /// <summary>The members of the model.</summary>
    public IReadOnlyList<LstmForecaster> Networks { get; }

    /// <summary>What each of them reads and predicts.</summary>
    public ForecasterConfig Config { get; }

    /// <summary>Numbers of the forecast of one window: horizon · targets.</summary>
    public int ForecastSize => Config.Horizon * Config.Targets.Count;

    /// <summary>Brings windows to the device; the tensor is owned by the caller's dispose scope.</summary>
    /// <param name="rows">Scaled contexts, [B, T, D].</param>
    public Tensor Contexts(ReadOnlySpan<float> rows) => tensor(rows.ToArray(), device: _device).view(-1, Config.ContextLength, Config.Inputs.Count);

    /// <summary>Brings what is known in advance to the device; null for a model that sees nothing of it.</summary>
    /// <param name="rows">Scaled covariates, [B, horizon, F].</param>
    public Tensor? Known(ReadOnlySpan<float> rows) => Config.FutureCovariates.Count == 0
        ? null
        : tensor(rows.ToArray(), device: _device).view(-1, Config.Horizon, Config.FutureCovariates.Count);

    /// <summary>The forecast of one network, on its scale, [B, horizon, targets].</summary>
    public Tensor Of(LstmForecaster network, Tensor contexts, Tensor? known)
    {
        Tensor output = network.Forecast(contexts, known);
        return network.Distribution is { } distribution ? distribution.Quantiles(output).select(-1, _median) : output;
    }

    /// <summary>The forecasts of the model in original units, without gradients: the mean over its networks.</summary>
    /// <param name="contexts">Scaled contexts, [B, T, D].</param>
    /// <param name="known">Scaled covariates, [B, horizon, F].</param>
    /// <param name="scalers">The targets' scales of each window.</param>
    /// <returns>[B, horizon, targets].</returns>
    public double[] Forecast(float[] contexts, float[] known, IReadOnlyList<IReadOnlyList<ColumnScaler>> scalers)
    {
        using var noGradient = no_grad();
        int window = Config.ContextLength * Config.Inputs.Count, ahead = Config.Horizon * Config.FutureCovariates.Count;
        double[] forecasts = new double[scalers.Count * ForecastSize];
        for (int start = 0; start < scalers.Count; start += BatchSize)
        {
            int count = Math.Min(BatchSize, scalers.Count - start);
            using var scope = NewDisposeScope();
            Tensor x = Contexts(contexts.AsSpan(start * window, count * window));
            Tensor? u = Known(known.AsSpan(start * ahead, count * ahead));
            foreach (LstmForecaster network in Networks)
            {
                double[] scaled = Read(Of(network, x, u));
                for (int n = 0; n < scaled.Length; n++)
                    forecasts[(start * ForecastSize) + n] += scalers[start + (n / ForecastSize)][n % Config.Targets.Count].InverseTransform(scaled[n]) / Networks.Count;
            }
        }

        FusedLstmFunction.ThrowPending();
        return forecasts;
    }

    /// <summary>The numbers of a tensor.</summary>
    public static double[] Read(Tensor values) => [.. values.detach().to(ScalarType.Float64, CPU).contiguous().data<double>()];
}
