using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Microsoft.ML.OnnxRuntime;
using OnnxRunOptions = Microsoft.ML.OnnxRuntime.RunOptions;

namespace LstmTorch.Cli;

/// <summary>An ONNX model in ONNX Runtime, which only this program carries: a library that exports, or runs a model, need not.</summary>
internal sealed class OnnxRuntimeSession : IDisposable
{
    private const int MostWindows = 1024;

    private readonly InferenceSession _session;
    private readonly ForecasterConfig _config;

    /// <summary>Loads a model that is in memory, so that nothing beside it can be asked for.</summary>
    /// <exception cref="LstmTorchException">ONNX Runtime is not there for this system, or does not take the model.</exception>
    public OnnxRuntimeSession(byte[] onnx, ForecasterConfig config)
    {
        _config = config;
        try
        {
            // Models of 50 units gain nothing from threads.
            using var options = new SessionOptions { IntraOpNumThreads = 1 };
            _session = new InferenceSession(onnx, options);
        }
        catch (Exception error) when (error is OnnxRuntimeException or DllNotFoundException or TypeInitializationException)
        {
            throw new LstmTorchException(ErrorKind.Environment, $"ONNX Runtime, which checks the file, does not take it: {(error.InnerException ?? error).Message}", error);
        }
    }

    /// <summary>Whether LstmTorch wrote the model.</summary>
    public bool IsOurs => _session.ModelMetadata.CustomMetadataMap.ContainsKey(OnnxExport.ConfigKey);

    /// <summary>How many windows the model takes at a time, 1 if any number; null if its only input is not windows, [windows, context length, inputs].</summary>
    public int? Windows =>
        _session.InputMetadata.Values.ToArray() is [{ Dimensions: [(-1 or (>= 1 and <= MostWindows)) and var count, var steps, var inputs] } input]
        && input.ElementType == typeof(float) && (steps == -1 || steps == _config.ContextLength) && inputs == _config.Inputs.Count
            ? Math.Max(1, count)
            : null;

    /// <summary>Forecasts windows.</summary>
    /// <param name="windows">[windows, context length, inputs], in original units.</param>
    /// <param name="known">[windows, horizon, future covariates], in original units; empty where the model has none.</param>
    /// <param name="count">Windows.</param>
    /// <returns>[windows, horizon, targets], in original units.</returns>
    public float[] Forecast(float[] windows, float[] known, int count) => Run(windows, known, count, 0);

    /// <summary>The second result, of a model of ours that has it: the quantiles of the forecasts.</summary>
    /// <param name="windows">[windows, context length, inputs], in original units.</param>
    /// <param name="known">[windows, horizon, future covariates], in original units; empty where the model has none.</param>
    /// <param name="count">Windows.</param>
    /// <returns>[windows, horizon, targets, quantiles], in original units.</returns>
    public float[] Quantiles(float[] windows, float[] known, int count) => Run(windows, known, count, 1);

    public void Dispose() => _session.Dispose();

    private float[] Run(float[] windows, float[] known, int count, int output)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(windows, [count, _config.ContextLength, _config.Inputs.Count]);
        using OrtValue? ahead = known.Length == 0 ? null : OrtValue.CreateTensorValueFromMemory(known, [count, _config.Horizon, _config.FutureCovariates.Count]);
        using var options = new OnnxRunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(
            options, _session.InputNames, ahead is null ? [input] : [input, ahead], [_session.OutputNames[output]]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
