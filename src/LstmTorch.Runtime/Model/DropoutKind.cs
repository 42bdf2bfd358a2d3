namespace LstmTorch.Runtime.Model;

/// <summary>What dropout draws anew in training: where a model forecasts, nothing is dropped.</summary>
public enum DropoutKind
{
    /// <summary>Every unit of a layer's output at every time step (Srivastava et al., 2014).</summary>
    Standard,

    /// <summary>
    /// Every unit of a layer's output once a sequence, the same at all time steps (Gal and Ghahramani, "A Theoretically Grounded
    /// Application of Dropout in Recurrent Neural Networks", 2016).
    /// </summary>
    Variational,
}
