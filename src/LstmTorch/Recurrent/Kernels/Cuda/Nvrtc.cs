using System.Runtime.InteropServices;
using System.Text;
using LstmTorch.Runtime;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>NVIDIA's run-time compiler: the text of kernels in, code for one kind of device out. It needs no device.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> _createProgram;
    private readonly delegate* unmanaged<nint, int, byte**, int> _compileProgram;
    private readonly delegate* unmanaged<nint, nuint*, int> _getLogSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getLog;
    private readonly delegate* unmanaged<nint, nuint*, int> _getCubinSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getCubin;
    private readonly delegate* unmanaged<nint*, int> _destroyProgram;
    private readonly delegate* unmanaged<int, byte*> _getErrorString;

    private Nvrtc(string path, NativeFunctions library)
    {
        Path = path;
        _getErrorString = (delegate* unmanaged<int, byte*>)library.Address("nvrtcGetErrorString");
        int major, minor;
        Check(((delegate* unmanaged<int*, int*, int>)library.Address("nvrtcVersion"))(&major, &minor), "asking for its version");
        Version = new Version(major, minor);
        _createProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)library.Address("nvrtcCreateProgram");
        _compileProgram = (delegate* unmanaged<nint, int, byte**, int>)library.Address("nvrtcCompileProgram");
        _getLogSize = (delegate* unmanaged<nint, nuint*, int>)library.Address("nvrtcGetProgramLogSize");
        _getLog = (delegate* unmanaged<nint, byte*, int>)library.Address("nvrtcGetProgramLog");
        _getCubinSize = (delegate* unmanaged<nint, nuint*, int>)library.Address("nvrtcGetCUBINSize");
        _getCubin = (delegate* unmanaged<nint, byte*, int>)library.Address("nvrtcGetCUBIN");
        _destroyProgram = (delegate* unmanaged<nint*, int>)library.Address("nvrtcDestroyProgram");
    }

    /// <summary>The library's path or name.</summary>
    public string Path { get; }

    /// <summary>The CUDA version that it belongs to.</summary>
    public Version Version { get; }

    /// <summary>Loads a compiler.</summary>
    /// <param name="library">The library's path or name.</param>
    /// <exception cref="LstmTorchException">It cannot be loaded, or lacks a function.</exception>
    public static Nvrtc Load(string library)
    {
        // The compiler asks for its second half by name alone, which only a system folder would answer.
        if (System.IO.Path.GetDirectoryName(library) is { Length: > 0 } folder && Directory.Exists(folder))
        {
            foreach (string part in Directory.EnumerateFiles(folder, "*nvrtc-builtins*"))
                NativeLibrary.TryLoad(part, out _);
        }

        return new Nvrtc(library, new NativeFunctions(library, $"name NVIDIA's NVRTC in {NvrtcLibraries.EnvironmentVariable}"));
    }

    /// <summary>Compiles a text without includes.</summary>
    /// <param name="source">The text.</param>
    /// <param name="options">Such as --gpu-architecture=sm_90.</param>
    /// <exception cref="LstmTorchException">The text does not compile; the message holds the beginning of what the compiler says.</exception>
    public byte[] Compile(string source, IReadOnlyList<string> options)
    {
        nint program;
        using var text = new NativeText(source);
        using var name = new NativeText("kernels.cu");
        Check(_createProgram(&program, text.Address, name.Address, 0, null, null), "taking the kernels");
        try
        {
            int result = Compile(program, options);
            if (result != 0)
            {
                throw new LstmTorchException(
                    ErrorKind.Environment,
                    $"NVRTC {Version} ({Path}) cannot compile the kernels with {string.Join(' ', options)}: {Log(program)}");
            }

            nuint size;
            Check(_getCubinSize(program, &size), "asking for the code's size");
            byte[] cubin = new byte[size];
            fixed (byte* bytes = cubin)
                Check(_getCubin(program, bytes), "fetching the code");
            return cubin;
        }
        finally
        {
            _ = _destroyProgram(&program);
        }
    }

    private int Compile(nint program, IReadOnlyList<string> options)
    {
        NativeText[] texts = [.. options.Select(option => new NativeText(option))];
        try
        {
            byte** addresses = stackalloc byte*[Math.Max(1, texts.Length)];
            for (int n = 0; n < texts.Length; n++)
                addresses[n] = texts[n].Address;
            return _compileProgram(program, texts.Length, addresses);
        }
        finally
        {
            foreach (NativeText text in texts)
                text.Dispose();
        }
    }

    private string Log(nint program)
    {
        nuint size;
        Check(_getLogSize(program, &size), "asking for the messages' size");
        byte[] log = new byte[size];
        fixed (byte* bytes = log)
            Check(_getLog(program, bytes), "fetching the messages");
        return string.Join(" | ", Encoding.UTF8.GetString(log).TrimEnd('\0').Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private void Check(int result, string doing)
    {
        if (result != 0)
        {
            throw new LstmTorchException(
                ErrorKind.Environment, $"NVRTC ({Path}) failed while {doing}: {Marshal.PtrToStringUTF8((nint)_getErrorString(result))}");
        }
    }
}
