using System.Text.Json.Nodes;
using LstmTorch.Runtime;

namespace LstmTorch.Sweeping;

/// <summary>All that the trials of a sweep may be.</summary>
/// <param name="options">The options that differ; at least one, each once.</param>
internal sealed class SearchSpace(IReadOnlyList<SweptOption> options)
{
    /// <summary>More combinations than these are drawn from, not gone through.</summary>
    public const int MostCombinations = 10_000;

    /// <summary>So many draws in a row that give nothing new mean that there is nothing new to draw.</summary>
    private const int MostDraws = 1000;

    /// <summary>Reads the options that differ.</summary>
    /// <exception cref="LstmTorchException">One cannot be used, or stands there twice.</exception>
    public static SearchSpace Parse(IReadOnlyList<string> vary)
    {
        SweptOption[] options = [.. vary.Select(SweptOption.Parse)];
        if (options.Length == 0)
            throw new LstmTorchException(ErrorKind.Usage, "nothing differs between the trials; say what with --vary, such as --vary learning-rate=1e-4..1e-2:log");
        return options.GroupBy(option => option.Name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new LstmTorchException(ErrorKind.Usage, $"--vary {twice.Key.Replace('_', '-')} stands there twice; write all its values in one")
            : new SearchSpace(options);
    }

    /// <summary>Every combination of the values, the last option's values changing fastest.</summary>
    /// <exception cref="LstmTorchException">An option has a range, or there are too many combinations.</exception>
    public IReadOnlyList<JsonObject> Grid()
    {
        long count = 1;
        foreach (SweptOption option in options)
        {
            if (option.Values is null)
                throw new LstmTorchException(ErrorKind.Usage, $"--vary {option.Name.Replace('_', '-')}: a range has no end of values; say with --trials how many combinations to draw");
            count *= option.Values.Count;
            if (count > MostCombinations)
                throw new LstmTorchException(ErrorKind.Usage, $"--vary: these are more than {MostCombinations} combinations; say with --trials how many of them to draw");
        }

        IEnumerable<JsonObject> combinations = [[]];
        foreach (SweptOption option in options)
            combinations = combinations.SelectMany(trial => option.Values!.Select(value => With(trial, option.Name, value)));
        return [.. combinations];
    }

    /// <summary>
    /// The options as they are, which anything better has to beat, and then combinations drawn at random (Bergstra and Bengio, "Random Search for
    /// Hyper-Parameter Optimization", 2012), none twice. Fewer than asked for, where there are no more.
    /// </summary>
    /// <param name="count">How many in all.</param>
    /// <param name="seed">What is drawn follows from it.</param>
    /// <param name="isUsable">Whether a combination can be trained; others are drawn anew.</param>
    public IReadOnlyList<JsonObject> Draw(int count, long seed, Func<JsonObject, bool> isUsable)
    {
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        List<JsonObject> trials = isUsable([]) ? [[]] : [];
        var seen = new HashSet<string>();
        for (int draws = 0; trials.Count < count && draws < MostDraws; draws++)
        {
            JsonObject trial = [];
            foreach (SweptOption option in options)
                trial[option.Name] = option.Draw(random);
            if (!seen.Add(trial.ToJsonString()) || !isUsable(trial))
                continue;
            trials.Add(trial);
            draws = 0;
        }

        return trials;
    }

    private static JsonObject With(JsonObject trial, string name, JsonNode? value)
    {
        var extended = (JsonObject)trial.DeepClone();
        extended[name] = value?.DeepClone();
        return extended;
    }
}
