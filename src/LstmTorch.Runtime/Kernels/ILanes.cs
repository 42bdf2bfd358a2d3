namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// What the kernels need of a SIMD vector of floats. They are written once against this interface; each struct that
/// implements it is compiled into its own copy, in which every call is one instruction.
/// </summary>
/// <typeparam name="V">The vector type.</typeparam>
internal unsafe interface ILanes<V>
    where V : struct
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>
    /// Vectors side by side in a register tile: six rows of them, the weights and one operand fill the registers.
    /// </summary>
    static abstract int PanelVectors { get; }

    static abstract V Load(float* source);

    static abstract void Store(float* target, V value);

    /// <summary>
    /// Loads <paramref name="count"/> floats, 1 to <see cref="Width"/>, and touches no byte behind them; the rest is
    /// 0.
    /// </summary>
    static abstract V LoadFirst(float* source, int count);

    /// <summary>
    /// Stores the first <paramref name="count"/> floats, 1 to <see cref="Width"/>, and touches no byte behind them.
    /// </summary>
    static abstract void StoreFirst(float* target, V value, int count);

    static abstract V Create(float value);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    /// <summary>a·b + c, rounded once where the processor can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    static abstract V And(V a, V b);

    static abstract V Or(V a, V b);

    /// <summary>The larger of the two; NaN where <paramref name="x"/> is NaN.</summary>
    static abstract V AtLeast(V x, V floor);

    /// <summary>Chooses by the sign bit of <paramref name="x"/>.</summary>
    static abstract V SelectBySign(V x, V ifNegative, V otherwise);

    /// <summary>value·2ⁿ for whole n ≤ 0 and |value| about 1; 0 where that underflows.</summary>
    static abstract V Scale(V value, V n);

    /// <summary>
    /// value·2ⁿ where n is in the lowest bits of <paramref name="shifted"/>; the result must be a normal number.
    /// </summary>
    static abstract V AddToExponent(V value, V shifted);

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    static abstract V CopySign(V magnitude, V sign);

    static abstract V Divide(V numerator, V denominator);

    static abstract float Sum(V value);
}
