using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LstmTorch.Runtime.Tests.Onnx;

/// <summary>An exported model in ONNX Runtime.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly ForecasterConfig _config;

    public OnnxSession(ModelFile model)
    {
        _config = model.Config;
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        Session = new InferenceSession(OnnxExport.ToBytes(model), options);
    }

    public InferenceSession Session { get; }

    public float[] Forecast(float[] windows, int count, float[]? known = null)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(windows, [count, _config.ContextLength, _config.Inputs.Count]);
        using OrtValue? ahead = known is null ? null : OrtValue.CreateTensorValueFromMemory(known, [count, _config.Horizon, _config.FutureCovariates.Count]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = ahead is null
            ? Session.Run(options, ["windows"], [input], ["forecasts"])
            : Session.Run(options, ["windows", "known"], [input, ahead], ["forecasts"]);
        if (!results[0].GetTensorTypeAndShape().Shape.SequenceEqual([count, _config.Horizon, _config.Targets.Count]))
            throw new InvalidOperationException("The forecasts have another shape.");
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose() => Session.Dispose();
}
