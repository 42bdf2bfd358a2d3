using System.Globalization;
using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>The device that an option names.</summary>
public static class Devices
{
    private const string VisibleDevices = "CUDA_VISIBLE_DEVICES";

    /// <summary>Resolves auto, cpu, cuda or cuda:N.</summary>
    /// <param name="name">The option; auto takes a CUDA device if there is one.</param>
    /// <exception cref="LstmTorchException">The name is none of these, or there is no such device.</exception>
    public static Device Resolve(string name)
    {
        LibTorch.Load();
        if (name is "cpu" || (name is "auto" && !HasCuda))
            return CPU;
        if (name is "auto")
            return new Device(TorchSharp.DeviceType.CUDA, 0);

        string[] parts = (name ?? string.Empty).Split(':');
        int index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new LstmTorchException(ErrorKind.Usage, $"there is no device '{name}'; use auto, cpu, cuda or cuda:N");
        if (!HasCuda)
            throw new LstmTorchException(ErrorKind.Usage, $"--device {name}: {NoCuda()}; use --device cpu");
        if (index >= cuda.device_count())
        {
            string there = cuda.device_count() == 1 ? "one CUDA device, which is cuda:0" : $"{cuda.device_count()} CUDA devices, cuda:0 to cuda:{cuda.device_count() - 1}";
            throw new LstmTorchException(ErrorKind.Usage, $"--device {name}: this machine has {there}");
        }


        return new Device(TorchSharp.DeviceType.CUDA, index);
    }

    /// <summary>True if an option means the CPU. Loads libtorch only where it may find a CUDA device.</summary>
    /// <param name="name">The option.</param>
    public static bool IsCpu(string name) => name is "cpu" || (name is "auto" && !(LibTorch.ComesWithCuda && Resolve(name).type == TorchSharp.DeviceType.CUDA));

    /// <summary>True if libtorch was built for CUDA and a device is at hand.</summary>
    /// <remarks>A CPU build is recognized by its files: asked for CUDA, TorchSharp would print what it tried to load.</remarks>
    public static bool HasCuda
    {
        get
        {
            LibTorch.Load();
            return BuiltForCuda && cuda.is_available();
        }
    }

    /// <summary>Waits until a device has done all that was asked of it.</summary>
    internal static void Synchronize(Device device)
    {
        if (device.type != TorchSharp.DeviceType.CUDA)
            return;
        cuda.synchronize(device);
        CheckForErrors();
    }

    /// <summary>Why there is no CUDA device, in words.</summary>
    public static string NoCuda() => Explain(BuiltForCuda, CudaDriverFacts.Current, LibTorch.CudaMajor, Environment.GetEnvironmentVariable(VisibleDevices));

    /// <summary>The same of any machine.</summary>
    /// <param name="builtForCuda">Whether libtorch is one for CUDA.</param>
    /// <param name="driver">What the driver says.</param>
    /// <param name="libtorchMajor">The first number of libtorch's CUDA version; null if unknown.</param>
    /// <param name="visible">The devices that the user has chosen for CUDA programs, as CUDA_VISIBLE_DEVICES; may be null.</param>
    internal static string Explain(bool builtForCuda, CudaDriverFacts driver, int? libtorchMajor, string? visible)
    {
        if (!builtForCuda)
            return "this build of libtorch is for CPUs only (build with -p:TorchBackend=cuda-linux or cuda-windows, or use an existing PyTorch)";
        if (driver.Version is not { } version)
            return $"there is no NVIDIA driver ({CudaDriver.LibraryName} cannot be loaded)";
        if (libtorchMajor > version / 1000)
            return $"the NVIDIA driver serves CUDA {CudaDriverFacts.Written(version)} at most, and this libtorch is one of CUDA {libtorchMajor}; update the driver, or use another libtorch";
        return driver.Devices.Count == 0
            ? $"the NVIDIA driver finds no device{(visible is null ? string.Empty : $" ({VisibleDevices} is '{visible}')")}"
            : "libtorch cannot use the device that the NVIDIA driver finds";
    }

    private static bool BuiltForCuda => Path.GetDirectoryName(LibTorch.Location) is { } folder && LibTorch.HoldsCuda(folder);
}
