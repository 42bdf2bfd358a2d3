using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// The logistic function and tanh in float32, about two units in the last place over the whole range; NaN stays NaN,
/// the infinities give the limits.
/// </summary>
/// <remarks>
/// Both need only exponentials of arguments that are not positive, so nothing can overflow and every denominator lies
/// between 1 and 2. eʳ − 1 on |r| ≤ ln 2 / 2 is the polynomial of Cephes' expf (S. Moshier, Cephes Math Library 2.2).
/// </remarks>
internal static class Activations<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid(V x)
    {
        V z = L.AtLeast(L.Or(x, L.Create(-0f)), L.Create(-104f));
        V small = ExpMinusOneReduced(z, out V n);
        V e = L.Scale(L.Add(small, L.Create(1f)), n);
        return L.Divide(L.SelectBySign(x, e, L.Create(1f)), L.Add(e, L.Create(1f)));
    }

    /// <summary>(e²ˣ − 1) / (e²ˣ + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh(V x)
    {
        V sign = L.Create(-0f);
        V z = L.AtLeast(L.Or(L.Add(x, x), sign), L.Create(-40f));
        V small = ExpMinusOneReduced(z, out V n);
        V scale = L.Scale(L.Create(1f), n);
        V minusOne = L.MultiplyAdd(scale, small, L.Subtract(scale, L.Create(1f)));
        V magnitude = L.Divide(minusOne, L.Add(minusOne, L.Create(2f)));
        return L.SelectBySign(x, magnitude, L.Multiply(magnitude, L.Create(-1f)));
    }

    /// <summary>eʳ − 1 with z = n·ln 2 + r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpMinusOneReduced(V z, out V n)
    {
        // Adding 1.5·2²³ rounds to a whole number.
        V magic = L.Create(12582912f);
        n = L.Subtract(L.MultiplyAdd(z, L.Create(1.44269504088896341f), magic), magic);

        // ln 2 in two parts: the first has so few digits that n times it is exact.
        V r = L.MultiplyAdd(n, L.Create(-0.693359375f), z);
        r = L.MultiplyAdd(n, L.Create(2.12194440e-4f), r);

        V p = L.Create(1.9875691500e-4f);
        p = L.MultiplyAdd(p, r, L.Create(1.3981999507e-3f));
        p = L.MultiplyAdd(p, r, L.Create(8.3334519073e-3f));
        p = L.MultiplyAdd(p, r, L.Create(4.1665795894e-2f));
        p = L.MultiplyAdd(p, r, L.Create(1.6666665459e-1f));
        p = L.MultiplyAdd(p, r, L.Create(5.0000001201e-1f));
        return L.MultiplyAdd(p, L.Multiply(r, r), r);
    }
}
