using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>A float32 matrix in device memory, or its transpose.</summary>
/// <param name="Address">Where its first number lies.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Columns">How many columns.</param>
/// <param name="Stride">From row to row, or from column to column of a transpose: numbers.</param>
/// <param name="IsTransposed">Whether its columns, and not its rows, are contiguous.</param>
internal readonly record struct Matrix(nint Address, long Rows, long Columns, long Stride, bool IsTransposed = false)
{
    /// <summary>The transpose, of the same memory.</summary>
    public Matrix Transpose => new(Address, Columns, Rows, Stride, !IsTransposed);

    /// <summary>A contiguous tensor with all axes but the last as rows. It must live as long as the matrix is used.</summary>
    public static Matrix Of(Tensor tensor)
    {
        long columns = tensor.size(-1);
        return new Matrix(TensorMemory.Address(tensor), tensor.numel() / columns, columns, columns);
    }

    /// <summary>Some rows, of a matrix that is not transposed.</summary>
    public Matrix RowRange(long first, long count) => this with { Address = Address + (nint)(first * Stride * sizeof(float)), Rows = count };

    /// <summary>Some columns, of a matrix that is not transposed.</summary>
    public Matrix ColumnRange(long first, long count) => this with { Address = Address + (nint)(first * sizeof(float)), Columns = count };
}
