namespace LstmTorch.Recurrent;

/// <summary>How the matrix products of a layer round their factors on a CUDA device. States, sums and gradients are float32 either way.</summary>
public enum MatrixPrecision
{
    /// <summary>Factors are rounded to TF32, 11 significant bits: what tensor cores multiply natively.</summary>
    Tf32,

    /// <summary>Products of float32 accuracy.</summary>
    Fp32,
}
