using System.Runtime.InteropServices;
using LstmTorch.Runtime;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The exported functions of a native library that is never unloaded.</summary>
internal sealed class NativeFunctions
{
    private readonly string _library;
    private readonly string _remedy;
    private readonly nint _handle;

    /// <summary>Loads a library.</summary>
    /// <param name="library">Its path or name.</param>
    /// <param name="remedy">What to do where it cannot be used.</param>
    /// <exception cref="LstmTorchException">It cannot be loaded.</exception>
    public NativeFunctions(string library, string remedy)
    {
        (_library, _remedy) = (library, remedy);
        try
        {
            _handle = NativeLibrary.Load(library);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new LstmTorchException(ErrorKind.Environment, $"{library} cannot be loaded; {remedy}", error);
        }
    }

    /// <summary>The address of a function.</summary>
    /// <exception cref="LstmTorchException">The library has no such function.</exception>
    public nint Address(string function) => NativeLibrary.TryGetExport(_handle, function, out nint address)
        ? address
        : throw new LstmTorchException(ErrorKind.Environment, $"{_library} has no function {function}; {_remedy}");
}

/// <summary>A text as native code reads it: UTF-8 that ends with a zero.</summary>
internal readonly unsafe struct NativeText(string text) : IDisposable
{
    public byte* Address { get; } = (byte*)Marshal.StringToCoTaskMemUTF8(text);

    public void Dispose() => Marshal.FreeCoTaskMem((nint)Address);
}
