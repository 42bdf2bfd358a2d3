using BenchmarkDotNet.Attributes;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Benchmarks;

/// <summary>Forecasts of the documented model without libtorch.</summary>
[MemoryDiagnoser]
public class ForecasterBenchmarks
{
    private Forecaster _forecaster = null!;
    private StreamingForecaster _stream = null!;
    private float[] _windows = [];
    private float[] _forecasts = [];

    /// <summary>Windows a call.</summary>
    [Params(1, 32, 256)]
    public int Batch { get; set; }

    /// <summary>The kind of the peepholes.</summary>
    [Params(PeepholeKind.Diagonal, PeepholeKind.Full)]
    public PeepholeKind Kind { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _forecaster = RandomModel.Forecaster(Kind);
        _stream = _forecaster.Stream();
        _windows = RandomModel.Windows(_forecaster, Batch);
        _forecasts = new float[Batch * _forecaster.ForecastSize];
    }

    [Benchmark(Baseline = true)]
    public void OneThread() => _forecaster.Forecast(_windows, _forecasts, threads: 1);

    [Benchmark]
    public void TwoThreads() => _forecaster.Forecast(_windows, _forecasts, threads: 2);

    /// <summary>One more row and its forecast for each window.</summary>
    [Benchmark]
    public void Stream()
    {
        for (int n = 0; n < Batch; n++)
        {
            _stream.Observe(_windows.AsSpan(n * _forecaster.WindowSize, _forecaster.Config.Inputs.Count));
            _stream.Forecast(_forecasts.AsSpan(0, _forecaster.ForecastSize));
        }
    }
}
