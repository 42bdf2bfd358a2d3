using System.Runtime.CompilerServices;

namespace LstmTorch.Runtime.Kernels;

/// <summary>A number that the compiler knows: loops and branches over it disappear.</summary>
internal interface IExtent
{
    static abstract int Value { get; }
}

/// <summary>
/// The one inner loop of all kernels: up to six rows by four vectors of out = a·w, every sum in a register.
/// </summary>
/// <remarks>
/// The accumulators are 24 named variables because the JIT keeps variables in registers but arrays in memory; what the
/// extents exclude is dropped at compile time.
/// </remarks>
internal static unsafe class RegisterTile<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    /// <summary>
    /// out[r, j] (+)= Σ_k a[r·rowStride + k·termStride] · w[k·weightStride + j], for <typeparamref name="R"/> rows.
    /// </summary>
    /// <param name="a">The operand that is broadcast.</param>
    /// <param name="rowStride">Floats between rows of <paramref name="a"/>.</param>
    /// <param name="termStride">Floats between terms of <paramref name="a"/>.</param>
    /// <param name="terms">Terms of each sum.</param>
    /// <param name="w">The operand with the lanes, <typeparamref name="W"/> vectors a term.</param>
    /// <param name="weightStride">Floats between terms of <paramref name="w"/>.</param>
    /// <param name="target">The result.</param>
    /// <param name="targetStride">Floats between rows of the result.</param>
    /// <param name="lastLanes">How many lanes of the last vector are written.</param>
    /// <param name="accumulate">Whether the sums start from what the result holds, or from 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void Run<R, W>(
        float* a,
        nint rowStride,
        nint termStride,
        nint terms,
        float* w,
        nint weightStride,
        float* target,
        nint targetStride,
        int lastLanes,
        bool accumulate)
        where R : struct, IExtent
        where W : struct, IExtent
    {
        int v = L.Width;
        V s00 = default, s01 = default, s02 = default, s03 = default;
        V s10 = default, s11 = default, s12 = default, s13 = default;
        V s20 = default, s21 = default, s22 = default, s23 = default;
        V s30 = default, s31 = default, s32 = default, s33 = default;
        V s40 = default, s41 = default, s42 = default, s43 = default;
        V s50 = default, s51 = default, s52 = default, s53 = default;
        if (accumulate)
        {
            float* row = target;
            s00 = L.Load(row);
            if (W.Value > 1) s01 = L.Load(row + v);
            if (W.Value > 2) s02 = L.Load(row + (2 * v));
            if (W.Value > 3) s03 = L.Load(row + (3 * v));
            row += targetStride;
            if (R.Value > 1) s10 = L.Load(row);
            if (R.Value > 1 && W.Value > 1) s11 = L.Load(row + v);
            if (R.Value > 1 && W.Value > 2) s12 = L.Load(row + (2 * v));
            if (R.Value > 1 && W.Value > 3) s13 = L.Load(row + (3 * v));
            row += targetStride;
            if (R.Value > 2) s20 = L.Load(row);
            if (R.Value > 2 && W.Value > 1) s21 = L.Load(row + v);
            if (R.Value > 2 && W.Value > 2) s22 = L.Load(row + (2 * v));
            if (R.Value > 2 && W.Value > 3) s23 = L.Load(row + (3 * v));
            row += targetStride;
            if (R.Value > 3) s30 = L.Load(row);
            if (R.Value > 3 && W.Value > 1) s31 = L.Load(row + v);
            if (R.Value > 3 && W.Value > 2) s32 = L.Load(row + (2 * v));
            if (R.Value > 3 && W.Value > 3) s33 = L.Load(row + (3 * v));
            row += targetStride;
            if (R.Value > 4) s40 = L.Load(row);
            if (R.Value > 4 && W.Value > 1) s41 = L.Load(row + v);
            if (R.Value > 4 && W.Value > 2) s42 = L.Load(row + (2 * v));
            if (R.Value > 4 && W.Value > 3) s43 = L.Load(row + (3 * v));
            row += targetStride;
            if (R.Value > 5) s50 = L.Load(row);
            if (R.Value > 5 && W.Value > 1) s51 = L.Load(row + v);
            if (R.Value > 5 && W.Value > 2) s52 = L.Load(row + (2 * v));
            if (R.Value > 5 && W.Value > 3) s53 = L.Load(row + (3 * v));
        }

        float* a1 = a + rowStride;
        float* a2 = a1 + rowStride;
        float* a3 = a2 + rowStride;
        float* a4 = a3 + rowStride;
        float* a5 = a4 + rowStride;
        nint k = 0;
        // Few sums would wait for each other: odd terms get sums of their own, in the variables that are free.
        if (W.Value == 1)
        {
            for (; terms > 1; terms -= 2)
            {
                V w0 = L.Load(w);
                V w1 = L.Load(w + weightStride);
                w += 2 * weightStride;
                s00 = L.MultiplyAdd(L.Create(a[k]), w0, s00);
                s01 = L.MultiplyAdd(L.Create(a[k + termStride]), w1, s01);

                if (R.Value > 1)
                {
                    s10 = L.MultiplyAdd(L.Create(a1[k]), w0, s10);
                    s11 = L.MultiplyAdd(L.Create(a1[k + termStride]), w1, s11);
                }

                if (R.Value > 2)
                {
                    s20 = L.MultiplyAdd(L.Create(a2[k]), w0, s20);
                    s21 = L.MultiplyAdd(L.Create(a2[k + termStride]), w1, s21);
                }

                if (R.Value > 3)
                {
                    s30 = L.MultiplyAdd(L.Create(a3[k]), w0, s30);
                    s31 = L.MultiplyAdd(L.Create(a3[k + termStride]), w1, s31);
                }

                if (R.Value > 4)
                {
                    s40 = L.MultiplyAdd(L.Create(a4[k]), w0, s40);
                    s41 = L.MultiplyAdd(L.Create(a4[k + termStride]), w1, s41);
                }

                if (R.Value > 5)
                {
                    s50 = L.MultiplyAdd(L.Create(a5[k]), w0, s50);
                    s51 = L.MultiplyAdd(L.Create(a5[k + termStride]), w1, s51);
                }

                k += 2 * termStride;
            }

            s00 = L.Add(s00, s01);
            if (R.Value > 1) s10 = L.Add(s10, s11);
            if (R.Value > 2) s20 = L.Add(s20, s21);
            if (R.Value > 3) s30 = L.Add(s30, s31);
            if (R.Value > 4) s40 = L.Add(s40, s41);
            if (R.Value > 5) s50 = L.Add(s50, s51);
        }
        else if (R.Value == 1)
        {
            for (; terms > 1; terms -= 2)
            {
                V even = L.Create(a[k]);
                V odd = L.Create(a[k + termStride]);
                float* next = w + weightStride;
                s00 = L.MultiplyAdd(even, L.Load(w), s00);
                s10 = L.MultiplyAdd(odd, L.Load(next), s10);
                if (W.Value > 1) s01 = L.MultiplyAdd(even, L.Load(w + v), s01);
                if (W.Value > 1) s11 = L.MultiplyAdd(odd, L.Load(next + v), s11);
                if (W.Value > 2) s02 = L.MultiplyAdd(even, L.Load(w + (2 * v)), s02);
                if (W.Value > 2) s12 = L.MultiplyAdd(odd, L.Load(next + (2 * v)), s12);
                if (W.Value > 3) s03 = L.MultiplyAdd(even, L.Load(w + (3 * v)), s03);
                if (W.Value > 3) s13 = L.MultiplyAdd(odd, L.Load(next + (3 * v)), s13);
                k += 2 * termStride;
                w += 2 * weightStride;
            }

            s00 = L.Add(s00, s10);
            s01 = L.Add(s01, s11);
            s02 = L.Add(s02, s12);
            s03 = L.Add(s03, s13);
        }

        for (; terms > 0; terms--)
        {
            V w0 = L.Load(w);
            V w1 = W.Value > 1 ? L.Load(w + v) : default;
            V w2 = W.Value > 2 ? L.Load(w + (2 * v)) : default;
            V w3 = W.Value > 3 ? L.Load(w + (3 * v)) : default;
            w += weightStride;

            V b0 = L.Create(a[k]);
            s00 = L.MultiplyAdd(b0, w0, s00);
            if (W.Value > 1) s01 = L.MultiplyAdd(b0, w1, s01);
            if (W.Value > 2) s02 = L.MultiplyAdd(b0, w2, s02);
            if (W.Value > 3) s03 = L.MultiplyAdd(b0, w3, s03);

            if (R.Value > 1)
            {
                V b1 = L.Create(a1[k]);
                s10 = L.MultiplyAdd(b1, w0, s10);
                if (W.Value > 1) s11 = L.MultiplyAdd(b1, w1, s11);
                if (W.Value > 2) s12 = L.MultiplyAdd(b1, w2, s12);
                if (W.Value > 3) s13 = L.MultiplyAdd(b1, w3, s13);
            }

            if (R.Value > 2)
            {
                V b2 = L.Create(a2[k]);
                s20 = L.MultiplyAdd(b2, w0, s20);
                if (W.Value > 1) s21 = L.MultiplyAdd(b2, w1, s21);
                if (W.Value > 2) s22 = L.MultiplyAdd(b2, w2, s22);
                if (W.Value > 3) s23 = L.MultiplyAdd(b2, w3, s23);
            }

            if (R.Value > 3)
            {
                V b3 = L.Create(a3[k]);
                s30 = L.MultiplyAdd(b3, w0, s30);
                if (W.Value > 1) s31 = L.MultiplyAdd(b3, w1, s31);
                if (W.Value > 2) s32 = L.MultiplyAdd(b3, w2, s32);
                if (W.Value > 3) s33 = L.MultiplyAdd(b3, w3, s33);
            }

            if (R.Value > 4)
            {
                V b4 = L.Create(a4[k]);
                s40 = L.MultiplyAdd(b4, w0, s40);
                if (W.Value > 1) s41 = L.MultiplyAdd(b4, w1, s41);
                if (W.Value > 2) s42 = L.MultiplyAdd(b4, w2, s42);
                if (W.Value > 3) s43 = L.MultiplyAdd(b4, w3, s43);
            }

            if (R.Value > 5)
            {
                V b5 = L.Create(a5[k]);
                s50 = L.MultiplyAdd(b5, w0, s50);
                if (W.Value > 1) s51 = L.MultiplyAdd(b5, w1, s51);
                if (W.Value > 2) s52 = L.MultiplyAdd(b5, w2, s52);
                if (W.Value > 3) s53 = L.MultiplyAdd(b5, w3, s53);
            }

            k += termStride;
        }

        Store<W>(target, s00, s01, s02, s03, lastLanes);
        if (R.Value > 1) Store<W>(target + targetStride, s10, s11, s12, s13, lastLanes);
        if (R.Value > 2) Store<W>(target + (2 * targetStride), s20, s21, s22, s23, lastLanes);
        if (R.Value > 3) Store<W>(target + (3 * targetStride), s30, s31, s32, s33, lastLanes);
        if (R.Value > 4) Store<W>(target + (4 * targetStride), s40, s41, s42, s43, lastLanes);
        if (R.Value > 5) Store<W>(target + (5 * targetStride), s50, s51, s52, s53, lastLanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<W>(float* row, V s0, V s1, V s2, V s3, int lastLanes)
        where W : struct, IExtent
    {
        int v = L.Width;
        if (W.Value > 1) L.Store(row, s0);
        if (W.Value > 2) L.Store(row + v, s1);
        if (W.Value > 3) L.Store(row + (2 * v), s2);
        V last = W.Value == 1 ? s0 : W.Value == 2 ? s1 : W.Value == 3 ? s2 : s3;
        row += (W.Value - 1) * v;
        if (lastLanes == v)
        {
            L.Store(row, last);
        }
        else
        {
            L.StoreFirst(row, last, lastLanes);
        }
    }
}
