using System.Diagnostics;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime.Model;
using static TorchSharp.torch;

namespace LstmTorch.Benchmarks;

/// <summary>What a checkpoint costs beside the steps between two of them: the documented model, batches of 32, on the CPU.</summary>
internal static class CheckpointCost
{
    private const int Steps = 100, Rounds = 30, Batch = 32;

    /// <summary>Takes a hundred steps and writes a checkpoint, in turn, and prints the medians.</summary>
    public static void Run()
    {
        LibTorch.SetThreads(1);
        string[] inputs = ["a", "b", "c", "d"];
        var config = new ForecasterConfig
        {
            Inputs = inputs,
            Targets = [inputs[0]],
            InputScalers = [.. inputs.Select(_ => ColumnScaler.Identity)],
            TargetScalers = [ColumnScaler.Identity],
        };
        string folder = Directory.CreateTempSubdirectory("lstmtorch-checkpoints-").FullName;
        using var scope = NewDisposeScope();
        using var model = new LstmForecaster(config);
        using var state = new TrainingState(model);
        Tensor context = rand(Batch, config.ContextLength, inputs.Length), future = rand(Batch, 1, 1);
        var step = new TrainingStep(state, new TrainingOptions());
        var checkpoints = new CheckpointFolder(folder);
        var training = new List<double>();
        var saving = new List<double>();
        model.train();
        for (int round = -2; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            for (int n = 0; n < Steps; n++)
                step.Run(new TrainingBatch(context, future), learningRate: 1e-3, randomness: n);
            double trained = clock.Elapsed.TotalMilliseconds;
            state.Counters = state.Counters with { Step = state.Counters.Step + Steps };
            checkpoints.Save(state);
            if (round >= 0)
            {
                training.Add(trained);
                saving.Add(clock.Elapsed.TotalMilliseconds - trained);
            }
        }

        Directory.Delete(folder, recursive: true);
        double steps = Median(training), save = Median(saving);
        Console.WriteLine($"{Steps} steps {steps:F1} ms, a checkpoint {save:F2} ms: {100 * save / (steps + save):F2} % of the time; medians of {Rounds}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
