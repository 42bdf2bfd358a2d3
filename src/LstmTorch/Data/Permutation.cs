using System.Numerics;

namespace LstmTorch.Data;

/// <summary>
/// A shuffled order of the numbers below a length that follows from a seed and an epoch alone: any position is found by
/// arithmetic, so that a run can go on from the middle of an epoch without a generator's state.
/// </summary>
/// <remarks>
/// A Feistel network over the smallest even number of bits that holds the length, walked on until it lands below the length
/// (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002): a bijection, at most four rounds of walking on average.
/// </remarks>
public readonly struct Permutation
{
    private const int Rounds = 6;

    private readonly ulong _key;
    private readonly int _length;
    private readonly int _halfBits;

    /// <summary>The order of one epoch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="length">How many numbers, at least 1.</param>
    public Permutation(ulong seed, int epoch, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _key = Mix(seed ^ Mix((ulong)epoch + 1));
        _length = length;
        _halfBits = (BitOperations.Log2((uint)length) + 2) / 2;
    }

    /// <summary>The number at a position.</summary>
    public int this[int position]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(position);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, _length);
            ulong value = (ulong)position;
            do
            {
                value = Encrypt(value);
            }
            while (value >= (ulong)_length);
            return (int)value;
        }
    }

    private ulong Encrypt(ulong value)
    {
        ulong mask = (1UL << _halfBits) - 1;
        ulong left = value >> _halfBits, right = value & mask;
        for (uint round = 0; round < Rounds; round++)
            (left, right) = (right, left ^ (Mix(_key + (right * Rounds) + round) & mask));
        return (left << _halfBits) | right;
    }

    /// <summary>SplitMix64's finalizer (Steele, Lea and Flood, 2014).</summary>
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
