using System.Diagnostics;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Benchmarks;

/// <summary>A million calls each: what averages hide, the slowest calls and memory that grows.</summary>
internal static class LongRuns
{
    private const int Calls = 1_000_000, WarmUp = 20_000;

    /// <summary>The time of each of a million observations with a forecast, 3 x 50 units, full peepholes, one thread.</summary>
    public static void Stream()
    {
        Forecaster forecaster = RandomModel.Forecaster(PeepholeKind.Full);
        StreamingForecaster stream = forecaster.Stream();
        float[] rows = RandomModel.Windows(forecaster, 100), forecast = new float[forecaster.ForecastSize];
        int inputs = forecaster.Config.Inputs.Count, count = rows.Length / inputs;
        long[] ticks = new long[Calls];
        long allocated = 0;
        for (int n = -WarmUp; n < Calls; n++)
        {
            if (n == 0)
                allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            stream.Observe(rows.AsSpan((n + WarmUp) % count * inputs, inputs));
            stream.Forecast(forecast);
            if (n >= 0)
                ticks[n] = Stopwatch.GetTimestamp() - start;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(ticks);
        string At(double share) => $"{ticks[(int)(share * (Calls - 1))] * 1e6 / Stopwatch.Frequency:F2}";
        Console.WriteLine($"{Calls:N0} observations: median {At(0.5)} µs, p99 {At(0.99)}, p99.9 {At(0.999)}, slowest {At(1)}; {allocated} bytes allocated");
    }

    /// <summary>A million forecasts from four threads: memory before and after, and whether any differed.</summary>
    public static void Threads()
    {
        const int threads = 4;
        Forecaster forecaster = RandomModel.Forecaster(PeepholeKind.Full);
        float[] windows = RandomModel.Windows(forecaster, threads), expected = new float[threads];
        int wrong = 0;
        for (int n = 0; n < threads; n++)
            forecaster.Forecast(Window(n), expected.AsSpan(n, 1));
        void Run(int calls) => Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, n =>
        {
            float[] forecast = new float[1];
            for (int call = 0; call < calls / threads; call++)
            {
                forecaster.Forecast(Window(n), forecast);
                if (forecast[0] != expected[n])
                    Interlocked.Increment(ref wrong);
            }
        });
        ReadOnlySpan<float> Window(int n) => windows.AsSpan(n * forecaster.WindowSize, forecaster.WindowSize);

        Run(WarmUp);
        long before = Environment.WorkingSet, allocated = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        Run(Calls);
        Console.WriteLine(
            $"{Calls:N0} forecasts from {threads} threads in {watch.Elapsed.TotalSeconds:F1} s: {wrong} differ; memory {before >> 10:N0} KB before, {Environment.WorkingSet >> 10:N0} KB after; {GC.GetTotalAllocatedBytes(precise: true) - allocated:N0} bytes allocated");
    }
}
