using BenchmarkDotNet.Running;
using LstmTorch.Benchmarks;

if (args is ["stream"])
    LongRuns.Stream();
else if (args is ["threads"])
    LongRuns.Threads();
else if (args is ["checkpoints"])
    CheckpointCost.Run();
else if (args is ["onnx"])
    OnnxComparison.Run();
else
    BenchmarkSwitcher.FromAssembly(typeof(SequenceBenchmarks).Assembly).Run(args);
