namespace LstmTorch.Tests.Fuzzing;

/// <summary>Makes files that are nearly right of some that are right. The same random numbers make the same file.</summary>
/// <param name="seeds">The files to start from.</param>
/// <param name="tokens">Pieces of their format, which single bytes seldom make of each other.</param>
internal sealed class ByteMutator(IReadOnlyList<byte[]> seeds, params byte[][] tokens)
{
    private const int LongestPiece = 64;

    /// <summary>Broken UTF-8: a byte of nothing, an overlong zero, half of a surrogate pair.</summary>
    public static IEnumerable<byte[]> BrokenText => [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]];

    /// <summary>The next file: a seed with a change, half of the time with another one, and so on.</summary>
    public byte[] Next(Random random)
    {
        // Half of them keep every byte's place, so that lengths that were right stay right.
        bool keepsLength = random.Next(2) == 0;
        var file = new List<byte>(seeds[random.Next(seeds.Count)]);
        do
        {
            int place = random.Next(file.Count), length = Math.Min(random.Next(1, LongestPiece), file.Count - place);
            if (keepsLength || random.Next(2) == 0)
                Overwrite(file, place, length, random);
            else
                InsertOrRemove(file, place, length, random);
        }
        while (file.Count > 0 && random.Next(2) == 0);
        return [.. file];
    }

    private void Overwrite(List<byte> file, int place, int length, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                file[place] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                file[place] = (byte)random.Next(256);
                break;
            case 2:
                byte[] token = tokens[random.Next(tokens.Length)];
                for (int n = 0; n < Math.Min(token.Length, length); n++)
                    file[place + n] = token[n];
                break;
            case 3:
                byte[] piece = [.. file.GetRange(random.Next(file.Count - length + 1), length)];
                for (int n = 0; n < length; n++)
                    file[place + n] = piece[n];
                break;
            default:
                // Text stays well-formed by another digit: what follows the parser is reached.
                int digit = file.FindIndex(place, character => character is >= (byte)'0' and <= (byte)'9');
                if (digit >= 0)
                    file[digit] = (byte)('0' + random.Next(10));
                break;
        }
    }

    private void InsertOrRemove(List<byte> file, int place, int length, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                file.RemoveRange(place, length);
                break;
            case 1:
                file.RemoveRange(place, file.Count - place);
                break;
            case 2:
                file.InsertRange(place, tokens[random.Next(tokens.Length)]);
                break;
            case 3:
                file.InsertRange(place, file.GetRange(place, length));
                break;
            case 4:
                byte[] other = seeds[random.Next(seeds.Count)];
                int from = random.Next(other.Length);
                file.InsertRange(place, other[from..Math.Min(other.Length, from + length)]);
                break;
            default:
                file.Add((byte)random.Next(256));
                break;
        }
    }
}
