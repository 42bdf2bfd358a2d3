using LstmTorch.Runtime;

namespace LstmTorch;

/// <summary>The check of an option's value, found before the work starts.</summary>
internal static class OptionRange
{
    /// <summary>Ends with a message if an option is out of its range.</summary>
    /// <param name="holds">Whether it is inside.</param>
    /// <param name="option">The option as the command line names it.</param>
    /// <param name="value">What was given.</param>
    /// <param name="range">What it must be, in words.</param>
    /// <exception cref="LstmTorchException">It is not inside.</exception>
    public static void Require(bool holds, string option, object? value, string range)
    {
        if (!holds)
            throw new LstmTorchException(ErrorKind.Usage, FormattableString.Invariant($"{option} is {value}; it must be {range}"));
    }
}
