using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Microsoft.ML.OnnxRuntime;
using OnnxRunOptions = Microsoft.ML.OnnxRuntime.RunOptions;

namespace LstmTorch.Cli;

/// <summary>An ONNX model in ONNX Runtime, which only this program carries: a library that exports, or runs a model, need not.</summary>
internal sealed class OnnxRuntimeSession : IDisposable
{
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
            throw new LstmTorchException(ErrorKind.Environment, $"ONNX Runtime cannot check the file, which is not written: {(error.InnerException ?? error).Message}", error);
        }
    }

    /// <summary>Forecasts windows.</summary>
    /// <param name="windows">[windows, context length, inputs], in original units.</param>
    /// <param name="count">Windows.</param>
    /// <returns>[windows, horizon, targets], in original units.</returns>
    public float[] Forecast(float[] windows, int count)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(windows, [count, _config.ContextLength, _config.Inputs.Count]);
        using var options = new OnnxRunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(options, [OnnxExport.InputName], [input], [OnnxExport.OutputName]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose() => _session.Dispose();
}
