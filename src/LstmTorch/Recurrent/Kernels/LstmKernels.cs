using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels;

/// <summary>The kernels there are, and the choice among them: the only place that makes it.</summary>
public static class LstmKernels
{
    /// <summary>The name that leaves the choice to the program.</summary>
    public const string Auto = "auto";

    /// <summary>The environment variable that names a kernel where no option does.</summary>
    public const string EnvironmentVariable = "LSTMTORCH_KERNEL";

    /// <summary>All kernels, the fastest first; the reference, which serves everything, last.</summary>
    public static IReadOnlyList<ILstmKernel> All { get; } = [new CpuKernel(), new CudaKernel(), new ReferenceKernel()];

    /// <summary>The names that an option may take: auto and every kernel.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, .. All.Select(kernel => kernel.Name)];

    /// <summary>Finds the kernel to use.</summary>
    /// <param name="name">A kernel's name, or auto, which obeys LSTMTORCH_KERNEL and else takes the fastest that serves.</param>
    /// <param name="cell">The cell to run.</param>
    /// <param name="input">The input to run it on, [T, B, D].</param>
    /// <exception cref="LstmTorchException">There is no such kernel, or it cannot serve this cell and input.</exception>
    public static ILstmKernel Choose(string name, PeepholeLstmCell cell, Tensor input)
    {
        string wanted = Wanted(name);
        if (wanted == Auto)
            return All.First(kernel => kernel.Refuses(cell, input) is null);

        ILstmKernel forced = All.First(kernel => kernel.Name == wanted);
        return forced.Refuses(cell, input) is not { } reason
            ? forced
            : throw new LstmTorchException(ErrorKind.Usage, $"kernel '{wanted}' cannot run this model: {reason}; use --kernel auto");
    }

    /// <summary>Resolves auto through the environment and checks that the name is one of <see cref="Names"/>.</summary>
    /// <exception cref="LstmTorchException">There is no such kernel.</exception>
    public static string Wanted(string name)
    {
        string? fromEnvironment = name == Auto ? Environment.GetEnvironmentVariable(EnvironmentVariable) : null;
        string wanted = string.IsNullOrEmpty(fromEnvironment) ? name : fromEnvironment;
        return Names.Contains(wanted)
            ? wanted
            : throw new LstmTorchException(ErrorKind.Usage, $"there is no kernel '{wanted}'; use one of {string.Join(", ", Names)}");
    }
}
