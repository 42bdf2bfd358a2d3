using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace LstmTorch.Cli;

/// <summary>An option that takes a number, written with a decimal point; its help says what it is where it is not given.</summary>
internal sealed class NumberOption<T> : Option<T?>
    where T : struct, INumber<T>, IMinMaxValue<T>
{
    private readonly T? _byDefault;

    /// <summary>Names the option.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="description">What it is, for its help.</param>
    /// <param name="byDefault">What it is where it is not given; null where <paramref name="description"/> says what happens then.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most that it may be.</param>
    public NumberOption(string name, string description, T? byDefault = null, T? least = null, T? most = null)
        : base(name)
    {
        _byDefault = byDefault;
        Description = byDefault is { } value ? string.Create(CultureInfo.InvariantCulture, $"{description} Default: {value}.") : description;
        HelpName = "N";
        CustomParser = result =>
        {
            if (!TryParse(name, result, out T number))
                return null;

            // Written so that what is not a number is out of any range.
            if ((least is { } low && !(number >= low)) || (most is { } high && !(number <= high)))
                result.AddError($"{name} must be {(most is null ? $"at least {least}" : $"from {least} to {most}")}");
            return number;
        };
    }

    /// <summary>What was given, otherwise the default.</summary>
    public T Of(ParseResult parsed) => parsed.GetValue(this) ?? _byDefault ?? throw new InvalidOperationException($"{Name} has no default");

    /// <summary>Reads the one word of an option, or tells the user what is wrong with it.</summary>
    internal static bool TryParse(string name, ArgumentResult result, out T number)
    {
        string word = result.Tokens[0].Value;
        if (T.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            return true;
        result.AddError(
            typeof(T) == typeof(double) ? $"{name} '{word}': expected a number, with a decimal point"
            : BigInteger.TryParse(word, NumberStyles.Integer, CultureInfo.InvariantCulture, out BigInteger beyond) ? $"{name} {word}: {(beyond.Sign < 0 ? $"the least possible is {T.MinValue}" : $"the largest possible is {T.MaxValue}")}"
            : $"{name} '{word}': expected a whole number");
        return false;
    }
}
