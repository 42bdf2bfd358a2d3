namespace LstmTorch.Explaining;

/// <summary>The windows from which those to explain are taken.</summary>
public enum ExplainedPart
{
    /// <summary>Those of the training part.</summary>
    Train,

    /// <summary>Those of the validation part.</summary>
    Validation,

    /// <summary>Those of the test part.</summary>
    Test,

    /// <summary>Every window of the data.</summary>
    All,
}
