namespace LstmTorch.Data;

/// <summary>What a person may have meant by a name that does not exist.</summary>
public static class NearestNames
{
    private const int Shown = 12;

    /// <summary>A hint: the nearest names, or else the columns there are.</summary>
    public static string Suggest(string wanted, IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Count == 0 ? "there are no columns to choose from" : Nearest(wanted, names) ?? $"the columns are {List(names)}";
    }

    /// <summary>A question for the nearest names; null if none is near.</summary>
    public static string? Nearest(string wanted, IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(names);
        int limit = Math.Max(1, wanted.Length / 3);
        string[] near =
        [
            .. names.Select(name => (Name: name, Distance: Distance(wanted.ToUpperInvariant(), name.ToUpperInvariant())))
                .Where(entry => entry.Distance <= limit).OrderBy(entry => entry.Distance).Take(3).Select(entry => $"'{entry.Name}'"),
        ];
        return near.Length > 0 ? $"did you mean {string.Join(" or ", near)}?" : null;
    }

    /// <summary>The first of some names, and how many more there are.</summary>
    public static string List(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return $"{string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? $" and {names.Count - Shown} more" : string.Empty)}";
    }

    /// <summary>The edits that turn one text into the other: insertions, deletions, replacements (Levenshtein, 1966), and swaps of neighbours.</summary>
    internal static int Distance(string a, string b)
    {
        int[] beforePrevious = [], previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                current[j] = Math.Min(
                    Math.Min(current[j - 1], previous[j]) + 1,
                    previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
            }

            (beforePrevious, previous) = (previous, current);
        }

        return previous[^1];
    }
}
