using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>Holds another program's forecasts of random windows against the model's own.</summary>
public static class OnnxCheck
{
    /// <summary>The largest difference that is taken for rounding, relative to max(1, |scaled forecast|).</summary>
    /// <remarks>Some 80 times the unit of float32: sums of other orders over 60 steps and three layers stay below a tenth of it.</remarks>
    public const double Tolerance = 1e-5;

    // Some 64 MB: batches of windows so long that they take more are passed over.
    private const int MostValues = 1 << 24;

    // ONNX Runtime takes other paths for one sequence, for a few and for many.
    private static readonly int[] s_batches = [1, 2, 5, 33];

    /// <summary>Forecasts windows of several batch sizes by both.</summary>
    /// <param name="model">The model.</param>
    /// <param name="run">Forecasts by the other program: [windows, context length, inputs], known covariates, [windows, horizon, future covariates], and the number of windows in, [windows, horizon, targets] out.</param>
    /// <param name="allQuantiles">Whether the other program gives all quantiles, [windows, horizon, targets, quantiles].</param>
    /// <param name="batches">The numbers of windows to try; some small and large ones if there are none.</param>
    /// <returns>The largest difference, in units of the target's scale where that exceeds 1, of max(1, |forecast|); NaN if a forecast of the other is none.</returns>
    /// <exception cref="LstmTorchException">The other program returns another number of forecasts.</exception>
    public static double LargestDifference(ModelFile model, Func<float[], float[], int, float[]> run, bool allQuantiles = false, params int[] batches)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(batches);
        var forecaster = new Forecaster(model);
        var random = new Random(0);
        double largest = 0;
        foreach (int batch in batches is [] ? s_batches : batches)
        {
            if (batch > 1 && (long)batch * forecaster.WindowSize > MostValues)
                continue;
            float[] windows = Values(model.Config, model.Config.Inputs, random, batch * model.Config.ContextLength);
            float[] known = Values(model.Config, model.Config.FutureCovariates, random, batch * model.Config.Horizon);
            float[] expected = new float[batch * (allQuantiles ? forecaster.QuantilesSize : forecaster.ForecastSize)];
            if (allQuantiles)
                forecaster.ForecastQuantiles(windows, known, expected);
            else
                forecaster.Forecast(windows, known, expected);
            float[] actual = run(windows, known, batch);
            if (actual.Length != expected.Length)
                throw new LstmTorchException(ErrorKind.Environment, $"{actual.Length} forecasts came back of {batch} windows, where {expected.Length} are due");
            int each = allQuantiles ? model.Config.Quantiles.Count : 1;
            for (int n = 0; n < actual.Length; n++)
            {
                double scale = Math.Max(1, Math.Abs(model.Config.TargetScalers[n / each % model.Config.Targets.Count].Scale));
                largest = Math.Max(largest, Math.Abs(actual[n] - expected[n]) / Math.Max(scale, Math.Abs(expected[n])));
            }
        }

        return largest;
    }

    /// <summary>Rows of values that lie where the training rows lay, and around there.</summary>
    private static float[] Values(ForecasterConfig config, IReadOnlyList<string> columns, Random random, int rows)
    {
        ColumnScaler[] scalers = [.. columns.Select(column => config.InputScalers[config.Inputs.ToList().IndexOf(column)])];
        return [.. Enumerable.Range(0, checked(rows * scalers.Length)).Select(n => (float)scalers[n % scalers.Length].InverseTransform((3 * random.NextDouble()) - 1))];
    }
}
