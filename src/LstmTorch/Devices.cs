using System.Globalization;
using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>The device that an option names.</summary>
public static class Devices
{
    /// <summary>Resolves auto, cpu, cuda or cuda:N.</summary>
    /// <param name="name">The option; auto takes a CUDA device if there is one.</param>
    /// <exception cref="LstmTorchException">The name is none of these, or there is no such device.</exception>
    public static Device Resolve(string name)
    {
        LibTorch.Load();
        if (name is "cpu" || (name is "auto" && !HasCuda))
            return CPU;
        if (name is "auto")
            return CUDA;

        string[] parts = (name ?? string.Empty).Split(':');
        int index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new LstmTorchException(ErrorKind.Usage, $"there is no device '{name}'; use auto, cpu, cuda or cuda:N");
        if (!HasCuda)
            throw new LstmTorchException(ErrorKind.Usage, $"--device {name}: {NoCuda()}; use --device cpu");
        if (index >= cuda.device_count())
            throw new LstmTorchException(ErrorKind.Usage, $"--device {name}: this machine has {cuda.device_count()} CUDA device(s), numbered from 0");
        return new Device(TorchSharp.DeviceType.CUDA, index);
    }

    /// <summary>True if an option means the CPU. Loads libtorch only where it may find a CUDA device.</summary>
    /// <param name="name">The option.</param>
    public static bool IsCpu(string name) => name is "cpu" || (name is "auto" && !(LibTorch.ComesWithCuda && Resolve(name).type == TorchSharp.DeviceType.CUDA));

    /// <summary>True if libtorch was built for CUDA and a device is at hand.</summary>
    /// <remarks>A CPU build is recognized by its files: asked for CUDA, TorchSharp would print what it tried to load.</remarks>
    public static bool HasCuda => BuiltForCuda && cuda.is_available();

    /// <summary>Why there is no CUDA device, in words.</summary>
    public static string NoCuda() => BuiltForCuda
        ? "libtorch finds no CUDA device (is the driver installed?)"
        : "this build of libtorch is for CPUs only (build with -p:TorchBackend=cuda-linux, or use an existing PyTorch)";

    private static bool BuiltForCuda => Path.GetDirectoryName(LibTorch.Location) is { } folder && LibTorch.HoldsCuda(folder);
}
