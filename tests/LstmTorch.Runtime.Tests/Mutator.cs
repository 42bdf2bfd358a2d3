namespace LstmTorch.Runtime.Tests;

/// <summary>Makes files that are nearly right of one that is right.</summary>
/// <param name="valid">The file.</param>
/// <param name="tokens">Pieces of its format, which single bytes seldom make of each other.</param>
internal sealed class Mutator(byte[] valid, params byte[][] tokens)
{
    private const int MostChanges = 4, LongestPiece = 60;

    /// <summary>The next file.</summary>
    public byte[] Next(Random random)
    {
        // Half of them keep every byte's place, so that lengths that were right stay right.
        bool keepsLength = random.Next(2) == 0;
        var file = new List<byte>(valid);
        for (int changes = random.Next(2) == 0 ? 1 : random.Next(2, MostChanges + 1); changes > 0 && file.Count > 0; changes--)
        {
            int place = random.Next(file.Count);
            byte[] token = tokens[random.Next(tokens.Length)];
            int length = Math.Min(random.Next(1, LongestPiece), file.Count - place);
            switch (random.Next(keepsLength ? 4 : 8))
            {
                case 0:
                    file[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[place] = (byte)random.Next(256);
                    break;
                case 2:
                    for (int n = 0; n < Math.Min(token.Length, length); n++)
                        file[place + n] = token[n];
                    break;
                case 3:
                    byte[] piece = [.. file.GetRange(random.Next(file.Count - length + 1), length)];
                    for (int n = 0; n < length; n++)
                        file[place + n] = piece[n];
                    break;
                case 4:
                    file.RemoveRange(place, length);
                    break;
                case 5:
                    file.InsertRange(place, token);
                    break;
                case 6:
                    file.InsertRange(place, file.GetRange(place, length));
                    break;
                default:
                    file.RemoveRange(place, file.Count - place);
                    break;
            }
        }

        return [.. file];
    }
}
