using LstmTorch.Data;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Explaining;

/// <summary>
/// How much worse the forecasts get where an input says something else: each window gets the input's values of another one, on the
/// network's scale, context and what is known in advance together (Breiman, "Random Forests", 2001, section 10).
/// </summary>
/// <param name="forecaster">The forecasts.</param>
/// <param name="windows">The windows.</param>
/// <param name="options">Steps, repeats and seed.</param>
internal sealed class PermutationImportance(PointForecaster forecaster, ExplainedWindows windows, ExplainOptions options)
{
    private readonly ForecasterConfig _config = forecaster.Config;
    private readonly double[] _weights = options.StepWeights(forecaster.Config.Horizon);

    /// <summary>The mean absolute error of each target without any shuffle, in its units; NaN where nothing came true.</summary>
    public double[] Errors() => Errors(windows.Contexts, windows.Known);

    /// <summary>By how much the error of each target rises where one input is shuffled.</summary>
    /// <param name="group">The input.</param>
    /// <param name="errors">The errors without.</param>
    /// <returns>[targets].</returns>
    public ErrorRise[] Of(InputGroup group, double[] errors)
    {
        double[][] rises = [.. Enumerable.Range(0, options.Repeats).Select(repeat =>
        {
            var order = new Permutation((ulong)options.Seed, repeat, windows.Count);
            double[] shuffled = Errors(
                Shuffled(windows.Contexts, _config.Inputs.Count, group.Past, order),
                Shuffled(windows.Known, _config.FutureCovariates.Count, group.Ahead, order));
            return shuffled.Zip(errors, (with, without) => with - without).ToArray();
        })];
        return [.. Enumerable.Range(0, errors.Length).Select(target => ErrorRise.Of([.. rises.Select(rise => rise[target])]))];
    }

    private float[] Shuffled(float[] values, int columns, IReadOnlyList<int> group, Permutation order)
    {
        if (group.Count == 0)
            return values;
        float[] shuffled = [.. values];
        int size = values.Length / windows.Count;
        for (int window = 0; window < windows.Count; window++)
        {
            int other = order[window];
            foreach (int column in group)
            {
                for (int place = column; place < size; place += columns)
                    shuffled[(window * size) + place] = values[(other * size) + place];
            }
        }

        return shuffled;
    }

    private double[] Errors(float[] contexts, float[] known)
    {
        double[] forecasts = forecaster.Forecast(contexts, known, windows.TargetScalers);
        double[] sums = new double[_config.Targets.Count], counts = new double[sums.Length];
        for (int n = 0; n < forecasts.Length; n++)
        {
            int step = n % forecaster.ForecastSize / sums.Length, target = n % sums.Length;
            double error = Math.Abs(forecasts[n] - windows.Actual(n / forecaster.ForecastSize, step, target));
            if (_weights[step] == 0 || double.IsNaN(error))
                continue;
            sums[target] += error;
            counts[target]++;
        }

        return [.. sums.Zip(counts, (sum, count) => sum / count)];
    }
}
