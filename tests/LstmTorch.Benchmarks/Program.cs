using BenchmarkDotNet.Running;
using LstmTorch.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(SequenceBenchmarks).Assembly).Run(args);
