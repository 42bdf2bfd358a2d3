using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using LstmTorch.Recurrent.Kernels.Cuda;

namespace LstmTorch;

/// <summary>What the NVIDIA driver says of itself and of its devices, asked without libtorch. Nothing here throws.</summary>
/// <param name="Version">The newest CUDA version that the driver serves, as 12080 for 12.8; null where there is no driver.</param>
/// <param name="Devices">The devices that this program may use, such as "NVIDIA H100 80GB HBM3, 80 GB, compute capability 9.0".</param>
internal sealed unsafe partial record CudaDriverFacts(int? Version, IReadOnlyList<string> Devices)
{
    private const int LongestName = 256, CapabilityMajor = 75, CapabilityMinor = 76;

    /// <summary>Where Linux tells the release of the driver, which its functions do not.</summary>
    private const string ReleaseFile = "/proc/driver/nvidia/version";

    private static readonly Lazy<CudaDriverFacts> s_current = new(Ask);

    /// <summary>Those of this machine, asked once.</summary>
    public static CudaDriverFacts Current => s_current.Value;

    /// <summary>The driver in words, such as "580.65.06, for CUDA up to 13.0".</summary>
    public string Name => Version is { } version
        ? $"{(File.Exists(ReleaseFile) ? $"{ReleaseOf(File.ReadAllText(ReleaseFile))}, " : string.Empty)}for CUDA up to {Written(version)}"
        : "none";

    /// <summary>The release in the file's text.</summary>
    internal static string ReleaseOf(string text) => ReleaseNumber().Match(text) is { Success: true } number ? number.Value : "unknown release";

    [GeneratedRegex(@"\b\d{3,}\.\d+(\.\d+)?\b")]
    private static partial Regex ReleaseNumber();

    /// <summary>A version such as 12080 as people write it.</summary>
    public static string Written(int version) => $"{version / 1000}.{version % 1000 / 10}";

    private static CudaDriverFacts Ask()
    {
        if (!NativeLibrary.TryLoad(CudaDriver.LibraryName, out nint library))
            return new CudaDriverFacts(null, []);

        int version = 0, count = 0;
        if (Function("cuDriverGetVersion") is var getVersion && getVersion != 0)
            _ = ((delegate* unmanaged<int*, int>)getVersion)(&version);
        if (Function("cuInit") is var start && start != 0 && ((delegate* unmanaged<uint, int>)start)(0) == 0 && Function("cuDeviceGetCount") is var getCount && getCount != 0)
            _ = ((delegate* unmanaged<int*, int>)getCount)(&count);
        return new CudaDriverFacts(version, [.. Enumerable.Range(0, count).Select(ordinal => Describe(ordinal, Function))]);

        nint Function(string name) => NativeLibrary.TryGetExport(library, name, out nint address) ? address : 0;
    }

    private static string Describe(int ordinal, Func<string, nint> function)
    {
        int device, major, minor;
        nuint bytes;
        byte* name = stackalloc byte[LongestName];
        nint get = function("cuDeviceGet"), getName = function("cuDeviceGetName"), getMemory = function("cuDeviceTotalMem_v2"), getAttribute = function("cuDeviceGetAttribute");
        if (get == 0 || getName == 0 || getMemory == 0 || getAttribute == 0
            || ((delegate* unmanaged<int*, int, int>)get)(&device, ordinal) != 0
            || ((delegate* unmanaged<byte*, int, int, int>)getName)(name, LongestName, device) != 0
            || ((delegate* unmanaged<nuint*, int, int>)getMemory)(&bytes, device) != 0
            || ((delegate* unmanaged<int*, int, int, int>)getAttribute)(&major, CapabilityMajor, device) != 0
            || ((delegate* unmanaged<int*, int, int, int>)getAttribute)(&minor, CapabilityMinor, device) != 0)
            return $"device {ordinal}";
        string text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        return $"{text}, {bytes >> 30} GiB, compute capability {major}.{minor}";
    }
}
