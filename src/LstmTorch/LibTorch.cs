using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LstmTorch.Recurrent;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Kernels;
using TorchSharp;

namespace LstmTorch;

/// <summary>
/// Loads libtorch before TorchSharp asks for it: from the program's own folder, or from an existing PyTorch that
/// LSTMTORCH_LIBTORCH names. TorchSharp itself answers a failure with a page of text on standard output.
/// </summary>
public static partial class LibTorch
{
    /// <summary>The environment variable that names the lib folder of an existing PyTorch.</summary>
    public const string EnvironmentVariable = "LSTMTORCH_LIBTORCH";

    /// <summary>libtorch's libraries in the order of their dependencies; those of CUDA are missing in a CPU build.</summary>
    private static readonly string[] s_libraries =
        ["torch_global_deps", "c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    private static readonly Lock s_lock = new();
    private static bool s_loaded;

    /// <summary>The version of the libtorch that is used: that of the named PyTorch where it tells, or else the one that TorchSharp was built for.</summary>
    public static string Version =>
        (Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } folder ? PyTorchVersion.Of(folder) : null) ?? torch.__version__;

    /// <summary>Where libtorch was loaded from, or null if it has not been loaded.</summary>
    public static string? Location
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.Modules.Cast<ProcessModule>()
                .FirstOrDefault(module => Path.GetFileNameWithoutExtension(module.ModuleName) is "libtorch_cpu" or "torch_cpu")?.FileName;
        }
    }

    /// <summary>The first number of the CUDA version that the loaded libtorch was built for, by the name of the runtime library beside it; null for none.</summary>
    internal static int? CudaMajor
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.Modules.Cast<ProcessModule>().Select(module => CudaMajorOf(module.ModuleName)).FirstOrDefault(major => major is not null);
        }
    }

    /// <summary>13 of libcudart.so.13 and libcudart-1a2b.so.13.0, 12 of cudart64_12.dll; null of any other name.</summary>
    internal static int? CudaMajorOf(string library) =>
        CudaRuntimeName().Match(library) is { Success: true } name ? int.Parse(name.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^(libcudart[^.]*\.so\.|cudart64_)(?<major>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex CudaRuntimeName();

    /// <summary>True if the libtorch that would be loaded is one for CUDA, by its files: nothing is loaded to find out.</summary>
    internal static bool ComesWithCuda
    {
        get
        {
            // Where the runtime looks for the native libraries of this program's packages.
            string own = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? AppContext.BaseDirectory;
            return Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } folder
                ? HoldsCuda(folder)
                : own.Split(Path.PathSeparator).Any(HoldsCuda);
        }
    }

    /// <summary>Loads libtorch and TorchSharp's native part, once, and ends concurrent garbage collection in this process.</summary>
    /// <exception cref="LstmTorchException">It cannot be loaded; the message names the cause and the remedy.</exception>
    public static void Load()
    {
        lock (s_lock)
        {
            if (s_loaded)
                return;

            if (Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } folder)
                LoadFolder(folder);
            LoadOwn();
            s_loaded = true;

            // TorchSharp makes a scalar for every sum of two tensors and lets go of it before native code has read it: a garbage
            // collection that runs beside the program, and not only where it waits for memory, frees it too early.
            GCSettings.LatencyMode = GCLatencyMode.Batch;
            ShareThreads();
        }
    }

    /// <summary>Sets how many CPU threads libtorch and the kernels of this library use.</summary>
    /// <param name="threads">At least 1.</param>
    public static void SetThreads(int threads)
    {
        Load();
        torch.set_num_threads(threads);
        WorkerTeam.Threads = threads;
    }

    /// <summary>Sets how libtorch's own matrix products and cuDNN's layers round their factors on a CUDA device, in all of this process.</summary>
    /// <param name="precision">fp32, or tf32 for speed. libtorch by itself has fp32 for products and tf32 for cuDNN.</param>
    public static void SetPrecision(MatrixPrecision precision)
    {
        Load();
        torch.backends.cuda.matmul.allow_tf32 = precision == MatrixPrecision.Tf32;
        torch.backends.cudnn.allow_tf32 = precision == MatrixPrecision.Tf32;
    }

    /// <summary>
    /// Lets the kernels run on libtorch's own OpenMP team: its threads spin for milliseconds after each parallel region, and
    /// threads of our own would fight them for the cores.
    /// </summary>
    private static void ShareThreads()
    {
        WorkerTeam.Threads = torch.get_num_threads();
        using var process = Process.GetCurrentProcess();
        string? openMp = process.Modules.Cast<ProcessModule>()
            .FirstOrDefault(module => module.ModuleName.StartsWith("libgomp", StringComparison.Ordinal))?.FileName;
        if (openMp is not null && GompTeam.From(openMp) is { } team)
            WorkerTeam.Current = team;
    }

    /// <summary>True if libtorch's part for CUDA lies in a folder.</summary>
    internal static bool HoldsCuda(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*torch_cuda*").Any();

    private static void LoadFolder(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName("torch_cpu"))))
        {
            throw new LstmTorchException(
                ErrorKind.Environment,
                $"{EnvironmentVariable}={folder}: there is no {FileName("torch_cpu")} in this folder; name the lib folder of a PyTorch installation");
        }

        PyTorchVersion.Check(folder, $"{EnvironmentVariable}={folder}");
        foreach (string library in s_libraries.Select(name => Path.Combine(folder, FileName(name))).Where(File.Exists))
        {
            try
            {
                NativeLibrary.Load(library);
            }
            catch (DllNotFoundException error)
            {
                throw new LstmTorchException(
                    ErrorKind.Environment, $"{EnvironmentVariable}={folder}: {FileName(library)} cannot be loaded: {Cause(error)}", error);
            }
        }
    }

    private static void LoadOwn()
    {
        try
        {
            NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
        }
        catch (DllNotFoundException error)
        {
            throw Explain(error);
        }
        catch (BadImageFormatException error)
        {
            throw new LstmTorchException(
                ErrorKind.Environment, $"libtorch is not built for this processor or is damaged: {Cause(error)}", error);
        }
    }

    /// <summary>What to do about a library that the loader refuses.</summary>
    internal static LstmTorchException Explain(DllNotFoundException error) => new(
        ErrorKind.Environment,
        error.Message.Contains("GLIBCXX", StringComparison.Ordinal)
            ? $"TorchSharp's native library needs a newer libstdc++ than this system has ({Cause(error)}); import LstmTorch.targets into the program's project file, as the README says under \"As a library\", and build it on Linux"
            : $"libtorch cannot be loaded ({Cause(error)}); build with -p:TorchBackend=cpu, or set {EnvironmentVariable} to the lib folder of a PyTorch 2.10 or 2.11 installation",
        error);

    /// <summary>The line of the loader's message that says why: it lists every place where it looked.</summary>
    private static string Cause(Exception error)
    {
        string[] lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(line => line.Contains("GLIBCXX", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(line => !line.Contains("No such file", StringComparison.OrdinalIgnoreCase) && line.StartsWith('/'))
            ?? lines[0];
    }

    private static string FileName(string library)
    {
        string name = Path.GetFileName(library);
        if (name.Contains('.', StringComparison.Ordinal))
            return name;
        return OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
    }
}
