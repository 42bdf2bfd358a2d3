using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmTorch.Runtime.Kernels;

/// <summary>Four floats: SSE with sixteen registers, Arm with thirty-two, in software at worst.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Width => 4;

    public static int PanelVectors => System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? 4 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector128<float> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadFirst(float* source, int count) => Vector128.Create(
        source[0], count > 1 ? source[1] : 0f, count > 2 ? source[2] : 0f, count > 3 ? source[3] : 0f);

    // Without a call: the register tile would keep its sums in memory across one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(float* target, Vector128<float> value, int count)
    {
        target[0] = value.ToScalar();
        if (count > 1) target[1] = value.GetElement(1);
        if (count > 2) target[2] = value.GetElement(2);
        if (count > 3) target[3] = value.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> And(Vector128<float> a, Vector128<float> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Or(Vector128<float> a, Vector128<float> b) => a | b;

    // The comparison is false for NaN, which therefore stays.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AtLeast(Vector128<float> x, Vector128<float> floor) =>
        Vector128.ConditionalSelect(Vector128.LessThan(x, floor), floor, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SelectBySign(
        Vector128<float> x, Vector128<float> ifNegative, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(x.AsInt32(), Vector128<int>.Zero).AsSingle(), ifNegative, otherwise);

    // Adds n to the exponent; below the normal numbers that would wrap around. NaN in n counts as 0 and stays in value.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> value, Vector128<float> n)
    {
        Vector128<float> scaled = (value.AsInt32() + (Vector128.ConvertToInt32(n) << 23)).AsSingle();
        return Vector128.AndNot(scaled, Vector128.LessThan(n, Vector128.Create(-125f)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AddToExponent(Vector128<float> value, Vector128<float> shifted) =>
        (value.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> CopySign(Vector128<float> magnitude, Vector128<float> sign) =>
        Vector128.ConditionalSelect(Vector128.Create(-0f), sign, magnitude);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> numerator, Vector128<float> denominator) =>
        numerator / denominator;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value) => Vector128.Sum(value);
}
