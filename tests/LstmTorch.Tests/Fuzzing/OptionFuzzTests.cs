using System.Globalization;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Fuzzing;

/// <summary>Trainings with options that nobody tries together: each ends well, or is refused in one line. LSTMTORCH_FUZZ_OPTIONS sets how many.</summary>
public sealed class OptionFuzzTests
{
    private const int Few = 20;

    /// <summary>What an option may be changed to; the first of each is harmless.</summary>
    private static readonly Func<RunOptions, Random, RunOptions>[] s_changes =
    [
        (o, r) => o with { ContextLength = Pick(r, 1, 4, 6, 0, 59, 1000, int.MaxValue) },
        (o, r) => o with { Horizon = Pick(r, 1, 2, 5, 0, -1, 50, int.MaxValue) },
        (o, r) => o with { PatchLength = Pick(r, 1, 2, 4, 0, int.MaxValue) },
        (o, r) => o with { HiddenSize = Pick<IReadOnlyList<int>>(r, [3], [1], [2, 3, 1], [], [0], [int.MaxValue]) },
        (o, r) => o with { BatchSize = Pick(r, 8, 1, 1000, 0, int.MaxValue) },
        (o, r) => o with { Epochs = Pick(r, 1, 2, 0, int.MinValue) },
        (o, r) => o with { ValidationFraction = Pick(r, 0.2, 0, 0.9, 1, double.NaN, double.Epsilon) },
        (o, r) => o with { TestFraction = Pick(r, 0.2, 0, 0.9, -0.1, double.NaN, double.Epsilon) },
        (o, r) => o with { Dropout = Pick(r, 0.5, 0, 0.999, 1, double.NaN) },
        (o, r) => o with { LearningRate = Pick(r, 1e-2, 1e-30, 1000, 0, double.NaN, double.PositiveInfinity) },
        (o, r) => o with { ClipNorm = Pick<double?>(r, 1, 1e-300, 1e300, 0, double.NaN) },
        (o, r) => o with { WeightDecay = Pick(r, 0.1, 0, 1e5, -1, double.NaN) },
        (o, r) => o with { Peephole = Pick(r, Enum.GetValues<PeepholeKind>()), PeepholeSteps = Pick(r, Enum.GetValues<PeepholeSteps>()) },
        (o, r) => o with { WarmupEpochs = Pick(r, 0, 1, int.MaxValue, -1) },
        (o, r) => o with { Patience = Pick<int?>(r, 1, int.MaxValue, 0) },
        (o, r) => o with { Seed = Pick(r, 0, long.MaxValue, long.MinValue) },
        (o, r) => o with { Seasonality = Pick<int?>(r, 7, 1, int.MaxValue, 0) },
        (o, r) => o with { Intervals = Pick<IReadOnlyList<double>>(r, [0.8], [], [0.5, 0.999999], [0.5, 0.5], [double.NaN], [1]) },
        (o, r) => o with { CheckpointEvery = Pick(r, 1, int.MaxValue, 0), CheckpointSteps = Pick<int?>(r, 1, int.MaxValue, 0) },
        (o, r) => o with { Threads = Pick<int?>(r, 1, 2, 0, int.MinValue) },
        (o, r) => o with { Target = Pick<IReadOnlyList<string>>(r, ["level"], [], ["ahead", "level"], ["level", "level"], ["date"], ["nothing"], [""]) },
        (o, r) => o with { Inputs = Pick<IReadOnlyList<string>>(r, ["all"], [], ["target"], ["all-but-last"], ["ahead"], ["all", "ahead"], ["nothing"]) },
        (o, r) => o with { PastCovariates = Pick<IReadOnlyList<string>>(r, [], ["ahead"], ["level"], ["date"], ["nothing"]), Wide = r.Next(4) == 0 },
        (o, r) => o with { FutureCovariates = Pick<IReadOnlyList<string>>(r, ["ahead"], [], ["level", "ahead"], ["nothing"], ["date"]) },
        (o, r) => o with { Categorical = Pick<IReadOnlyList<string>>(r, [], ["ahead"], ["level"], ["date"]) },
        (o, r) => o with { Calendar = Pick<IReadOnlyList<string>>(r, ["auto"], [], ["none"], ["weekday", "month"], ["hour"], ["weekday", "weekday"], [""]) },
        (o, r) => o with { Time = Pick<string?>(r, "date", null, "level", "nothing", "") },
        (o, r) => o with { SeriesId = Pick<string?>(r, null, "date", "level", "nothing", "") },
        (o, r) => o with { Delimiter = Pick<string?>(r, ",", null, ";", "tab", "\"", "") },
        (o, r) => o with { Connections = Pick(r, "ifco", "o", "oi", "", "x", "iiii") },
        (o, r) => o with { Device = Pick(r, "cpu", "auto", "cuda:99", "") },
        (o, r) => o with { Kernel = Pick(r, "auto", "cpu", "reference", "") },
        (o, r) => o with { Peephole = Any<PeepholeKind>(r), Scaler = Any<ScalerKind>(r), Missing = Any<MissingValues>(r) },
        (o, r) => o with { Normalize = Any<WindowNormalization>(r), Highway = r.Next(2) == 0, BalanceSeries = r.Next(2) == 0 },
        (o, r) => o with { Loss = Any<ForecastLoss>(r), Schedule = Any<LearningRateSchedule>(r), OnNonfinite = Any<NonfiniteAction>(r) },
    ];

    [Fact]
    public void Run_AnyOptions_EndsWellOrRefusesThem()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("LSTMTORCH_FUZZ_OPTIONS") ?? $"{Few}", CultureInfo.InvariantCulture), refused = 0;
        for (int number = 0; number < count; number++)
        {
            using var folder = new TemporaryFolder();
            var random = new Random(number);
            RunOptions options = SmallSeries.Options(SmallSeries.Write(folder), folder.File("run")) with { Epochs = 1, HiddenSize = [3] };
            for (int changes = random.Next(1, 6); changes > 0; changes--)
                options = s_changes[random.Next(s_changes.Length)](options, random);
            try
            {
                TrainingRun.Run(options);
            }
            catch (LstmTorchException error)
            {
                refused++;
                Assert.False(error.Message.Any(char.IsControl), $"number {number}: {error.Message}");
            }
#pragma warning disable CA1031 // Every other exception is what is looked for.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Assert.Fail($"number {number}: {options.ToJson()}\n{error}");
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{count} combinations of options, {refused} refused");
        Assert.InRange(refused, 1, count - 1);
    }

    /// <summary>One of the values, the first as often as all others.</summary>
    private static T Pick<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(2) == 0 ? 0 : random.Next(values.Length)];

    private static T Any<T>(Random random)
        where T : struct, Enum => Pick<T>(random, Enum.GetValues<T>());
}
