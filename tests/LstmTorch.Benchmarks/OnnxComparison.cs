using System.Diagnostics;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using Microsoft.ML.OnnxRuntime;
using OnnxRunOptions = Microsoft.ML.OnnxRuntime.RunOptions;

namespace LstmTorch.Benchmarks;

/// <summary>
/// The documented model in <see cref="Forecaster"/> and, exported, in ONNX Runtime: the same windows, one process, the same number of
/// threads, taken in turns, medians.
/// </summary>
internal static class OnnxComparison
{
    private const int WarmUp = 20, LeastPairs = 100;

    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(2);

    public static void Run()
    {
        Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, milliseconds");
        Console.WriteLine($"{"peepholes",-10}{"operator",-10}{"threads",8}{"batch",7}{"ours",10}{"theirs",10}{"ratio",8}");
        foreach (PeepholeKind kind in (PeepholeKind[])[PeepholeKind.Diagonal, PeepholeKind.Full])
        {
            foreach (int threads in (int[])[1, 2])
            {
                foreach (int batch in (int[])[1, 32, 256])
                    Compare(kind, threads, batch);
            }
        }
    }

    private static void Compare(PeepholeKind kind, int threads, int batch)
    {
        ModelFile model = RandomModel.File(kind);
        var forecaster = new Forecaster(model);
        float[] windows = RandomModel.Windows(forecaster, batch), forecasts = new float[batch * forecaster.ForecastSize];
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        using var session = new InferenceSession(OnnxExport.ToBytes(model), options);
        using var run = new OnnxRunOptions();
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(windows, [batch, model.Config.ContextLength, model.Config.Inputs.Count]);

        void Ours() => forecaster.Forecast(windows, forecasts, threads);
        void Theirs()
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, session.InputNames, [input], session.OutputNames);
        }

        List<double> ours = [], theirs = [];
        long start = 0;
        for (int n = -WarmUp; n < LeastPairs || Stopwatch.GetElapsedTime(start) < s_least; n++)
        {
            if (n == 0)
                start = Stopwatch.GetTimestamp();
            double a = Time(Ours), b = Time(Theirs);
            if (n < 0)
                continue;
            ours.Add(a);
            theirs.Add(b);
        }

        string operation = kind == PeepholeKind.Diagonal ? "LSTM" : "Scan";
        Console.WriteLine(
            $"{kind.ToString().ToLowerInvariant(),-10}{operation,-10}{threads,8}{batch,7}{Median(ours),10:F4}{Median(theirs),10:F4}{Median(theirs) / Median(ours),8:F2}");
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
