using TorchSharp;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The precision of libtorch's own matrix products, which is a setting of the process, for as long as a run needs it.</summary>
internal readonly ref struct ProductPrecision
{
    private readonly bool _changed, _before;

    public ProductPrecision(CudaDevice device, MatrixPrecision precision)
    {
        if (device.Memory.type != DeviceType.CUDA)
            return;

        bool wanted = precision == MatrixPrecision.Tf32;
        _before = torch.backends.cuda.matmul.allow_tf32;
        _changed = _before != wanted;
        if (_changed)
            torch.backends.cuda.matmul.allow_tf32 = wanted;
    }

    public void Dispose()
    {
        if (_changed)
            torch.backends.cuda.matmul.allow_tf32 = _before;
    }
}
