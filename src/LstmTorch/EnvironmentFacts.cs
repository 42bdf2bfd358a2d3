using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch;

/// <summary>What the program runs on, for a person who asks or reports an error.</summary>
public static class EnvironmentFacts
{
    /// <summary>The processor, the width of its vectors, and the versions that a time depends on, in one line.</summary>
    public static string Machine =>
        $"{ProcessorName()}, {System.Environment.ProcessorCount} logical cores, {VectorBits()}-bit vectors; " +
        string.Join(", ", Versions.Current.Select(version => $"{version.Key} {version.Value}"));

    /// <summary>The same with the device, where it is not the CPU.</summary>
    /// <param name="device">The device that is computed on.</param>
    public static string MachineWith(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        CudaDriverFacts driver = CudaDriverFacts.Current;
        return device.type != TorchSharp.DeviceType.CUDA
            ? Machine
            : $"{driver.Devices.ElementAtOrDefault(Math.Max(0, device.index)) ?? device.ToString()}, driver {driver.Name}; {Machine}";
    }

    /// <summary>System, processor, threads, libtorch, devices and kernels, by name. Never throws for want of libtorch.</summary>
    public static IReadOnlyDictionary<string, string> Collect()
    {
        var facts = new OrderedDictionary<string, string>
        {
            ["lstmtorch"] = Versions.LstmTorch,
            ["dotnet"] = System.Environment.Version.ToString(),
            ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}",
            ["processor"] = $"{ProcessorName()}, {System.Environment.ProcessorCount} logical cores",
            ["vectors"] = $"{VectorBits()} bits",
        };
        try
        {
            LibTorch.Load();
            facts["libtorch"] = $"{LibTorch.Version}, {LibTorch.Location}";
            facts["threads"] = get_num_threads().ToString(CultureInfo.InvariantCulture);
            facts["cuda"] = Devices.HasCuda ? string.Join("; ", CudaDriverFacts.Current.Devices.Select((device, n) => $"cuda:{n} {device}")) : $"none: {Devices.NoCuda()}";
            if (Devices.HasCuda)
                AddCuda(facts);
        }
        catch (LstmTorchException error)
        {
            facts["libtorch"] = error.Message;
        }

        facts["kernels"] = string.Join(", ", LstmKernels.All.Select(kernel => kernel.Name));
        return facts;
    }

    private static void AddCuda(OrderedDictionary<string, string> facts)
    {
        facts["driver"] = CudaDriverFacts.Current.Name;
        facts["nvrtc"] = CudaDevices.Compiler;
        facts["cubins"] = CubinCache.UserFolder ?? "not kept: the user has no folder of their own";
    }

    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo", key = "model name";
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith(key, StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
