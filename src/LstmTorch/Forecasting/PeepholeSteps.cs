namespace LstmTorch.Forecasting;

/// <summary>How far Adam steps along full peepholes.</summary>
public enum PeepholeSteps
{
    /// <summary>As far as along every other weight.</summary>
    Whole,

    /// <summary>
    /// The learning rate divided by H, the layer's units. A gate adds up H terms of a full peephole matrix, and c, unlike h, has no bound: moved together by
    /// steps that are as large whatever the gradient, they saturate the gates of a wide layer. For matrices both of whose sides grow with a layer
    /// it is the rule of Yang, Hu et al., "Tensor Programs V", 2022, table 3.
    /// </summary>
    PerUnit,
}
