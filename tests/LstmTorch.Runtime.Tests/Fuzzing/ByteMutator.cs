using System.Text;

namespace LstmTorch.Tests.Fuzzing;

/// <summary>Changes files a little, in the ways that parsers trip over. The same random numbers make the same change.</summary>
/// <param name="seeds">Good files to start from.</param>
/// <param name="tokens">What single bytes seldom make of each other: words and numbers of the format.</param>
internal sealed class ByteMutator(IReadOnlyList<byte[]> seeds, params IEnumerable<string> tokens)
{
    private const int LongestBlock = 64;

    /// <summary>Broken UTF-8: a byte of nothing, an overlong zero, half of a surrogate pair.</summary>
    private static readonly byte[][] s_broken = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]];

    private readonly byte[][] _tokens = [.. tokens.Select(Encoding.UTF8.GetBytes), .. s_broken];

    /// <summary>One of the seeds with a change, half of the time with another one, and so on; never empty.</summary>
    public byte[] Next(Random random)
    {
        var file = new List<byte>(seeds[random.Next(seeds.Count)]);
        do
        {
            Change(file, random);
            if (file.Count == 0)
                file.Add(0);
        }
        while (random.Next(2) == 0);
        return [.. file];
    }

    private void Change(List<byte> file, Random random)
    {
        int place = random.Next(file.Count), length = Math.Min(random.Next(1, LongestBlock), file.Count - place);
        switch (random.Next(12))
        {
            case 0:
                file[place] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                file[place] = (byte)random.Next(256);
                break;
            case 2:
                file.RemoveRange(place, Math.Min(length, 8));
                break;
            case 3:
                file.RemoveRange(place, file.Count - place);
                break;
            case 4:
                file.InsertRange(place, _tokens[random.Next(_tokens.Length)]);
                break;
            case 5:
                byte[] token = _tokens[random.Next(_tokens.Length)];
                file.RemoveRange(place, Math.Min(token.Length, file.Count - place));
                file.InsertRange(place, token);
                break;
            case 6:
                file.InsertRange(place, file.GetRange(place, length));
                break;
            case 7:
                byte[] other = seeds[random.Next(seeds.Count)];
                int from = random.Next(other.Length);
                file.InsertRange(place, other[from..Math.Min(other.Length, from + length)]);
                break;
            case 8:
                file.Insert(random.Next(Math.Min(9, file.Count)), (byte)random.Next(256));
                break;
            default:
                // Files of numbers stay whole by this one: what follows the parser is reached.
                int digit = file.FindIndex(place, character => character is >= (byte)'0' and <= (byte)'9');
                if (digit >= 0)
                    file[digit] = (byte)('0' + random.Next(10));
                break;
        }
    }
}
