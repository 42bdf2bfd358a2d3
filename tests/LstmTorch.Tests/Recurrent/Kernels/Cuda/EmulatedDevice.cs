using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

/// <summary>
/// A CUDA driver and an NVRTC for a device that is none: one library, which runs the kernels' own source on the CPU, a fiber a thread, in random
/// order and with words that arrive late. It is compiled from Emulation/ by g++, once for its sources.
/// </summary>
internal static unsafe class EmulatedDevice
{
    private static readonly Lazy<string?> s_library = new(Build);

    /// <summary>Why there is no emulated device here, or null if there is.</summary>
    public static string? Missing => s_library.Value is null ? "the emulated CUDA device needs g++ on Linux x64" : null;

    /// <summary>The library; it takes the place of libcuda and of libnvrtc.</summary>
    public static string Library => s_library.Value ?? throw new InvalidOperationException(Missing);

    /// <summary>Sets a control of the emulation: seed, multiprocessors, major, minor, largest_cluster, drop_store, failing_launch.</summary>
    public static void Set(string control, long value)
    {
        nint name = Marshal.StringToCoTaskMemUTF8(control);
        var set = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(NativeLibrary.Load(Library), "emulation_set");
        Assert.Equal(1, set(name, (nint)value));
        Marshal.FreeCoTaskMem(name);
    }

    private static string? Build()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || Run("g++", ["--version"]) != 0)
            return null;

        string sources = Path.Combine(AppContext.BaseDirectory, "Recurrent", "Kernels", "Cuda", "Emulation");
        byte[] text = [.. Directory.GetFiles(sources).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
        string folder = Path.Combine(Path.GetTempPath(), $"lstmtorch-emulated-{Convert.ToHexStringLower(SHA256.HashData(text))[..16]}");
        string library = Path.Combine(folder, "libemulatedcuda.so");
        if (File.Exists(library))
            return library;

        // Under a name of its own first: other test processes may do the same at the same time.
        Directory.CreateDirectory(folder);
        string unfinished = Path.Combine(folder, $"{Environment.ProcessId}.so");
        string header = Path.Combine(folder, "emulated_device.h");
        File.Copy(Path.Combine(sources, "emulated_device.h"), header, overwrite: true);
        int exit = Run("g++", ["-std=c++17", "-O2", "-w", "-shared", "-fPIC", $"-DDEVICE_HEADER=\"{header}\"", "-o", unfinished, Path.Combine(sources, "emulated_driver.cpp"), "-ldl"]);
        Assert.True(exit == 0, "the emulated CUDA device does not compile");
        File.Move(unfinished, library, overwrite: true);
        return library;
    }

    private static int Run(string program, IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
