using LstmTorch.Runtime;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>cuBLAS, the library in which libtorch multiplies matrices, without libtorch between: to ask that for a small product takes longer than the product.</summary>
internal sealed unsafe class Cublas
{
    private const int DefaultMath = 0, Tf32Math = 3, AsItIs = 0, Transposed = 1;

    private readonly delegate* unmanaged<nint, int, int> _setMathMode;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, nint, int, float*, nint, int, int> _multiply;
    private readonly nint _handle;
    private readonly Lock _lock = new();
    private MatrixPrecision _precision = MatrixPrecision.Fp32;

    /// <summary>Loads the library for the current device. Its products are on the default stream.</summary>
    /// <param name="library">Its path or name.</param>
    /// <exception cref="LstmTorchException">It cannot be loaded or started.</exception>
    public Cublas(string library)
    {
        var functions = new NativeFunctions(library, "it belongs to libtorch for CUDA");
        _setMathMode = (delegate* unmanaged<nint, int, int>)functions.Address("cublasSetMathMode");
        _multiply = (delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, nint, int, float*, nint, int, int>)functions.Address("cublasSgemm_v2");
        nint handle;
        Check(((delegate* unmanaged<nint*, int>)functions.Address("cublasCreate_v2"))(&handle), "starting");
        _handle = handle;
        Check(_setMathMode(_handle, DefaultMath), "setting the precision");
    }

    /// <summary>The library's name, of the CUDA version of the libtorch that is loaded: the process has it already.</summary>
    public static string LibraryName => OperatingSystem.IsWindows() ? $"cublas64_{LibTorch.CudaMajor}.dll" : $"libcublas.so.{LibTorch.CudaMajor}";

    /// <summary>product = left · right + beta · product. The device must be current.</summary>
    /// <param name="left">[M, K].</param>
    /// <param name="right">[K, N].</param>
    /// <param name="product">[M, N], not transposed.</param>
    /// <param name="beta">0, and what was there is not read; or 1 to add.</param>
    /// <param name="precision">How factors round.</param>
    public void Multiply(in Matrix left, in Matrix right, in Matrix product, float beta, MatrixPrecision precision)
    {
        int m = checked((int)product.Rows), n = checked((int)product.Columns), k = checked((int)left.Columns);
        float one = 1;
        lock (_lock)
        {
            if (_precision != precision)
                Check(_setMathMode(_handle, precision == MatrixPrecision.Tf32 ? Tf32Math : DefaultMath), "setting the precision");
            _precision = precision;

            // cuBLAS has columns where these have rows, and so sees every matrix transposed: productᵀ = rightᵀ · leftᵀ.
            Check(
                _multiply(
                    _handle,
                    right.IsTransposed ? Transposed : AsItIs,
                    left.IsTransposed ? Transposed : AsItIs,
                    n,
                    m,
                    k,
                    &one,
                    right.Address,
                    checked((int)right.Stride),
                    left.Address,
                    checked((int)left.Stride),
                    &beta,
                    product.Address,
                    checked((int)product.Stride)),
                "multiplying matrices");
        }
    }

    private static void Check(int status, string doing)
    {
        const int outOfMemory = 3;
        if (status != 0)
        {
            string remedy = status == outOfMemory ? ": there is not enough device memory; use a smaller --batch-size" : string.Empty;
            throw new LstmTorchException(ErrorKind.Environment, $"cuBLAS error {status} while {doing}{remedy}");
        }
    }
}
