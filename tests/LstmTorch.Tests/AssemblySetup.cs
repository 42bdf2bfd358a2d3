using Xunit.Sdk;
using Xunit.v3;

// TorchSharp's random generator, default device and gradient mode belong to the process.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace LstmTorch.Tests;

/// <summary>The one place where seeds are fixed.</summary>
internal static class Seeds
{
    public const long Torch = 20021115;
}
