namespace LstmTorch.Runtime;

/// <summary>What kind of thing went wrong, so that a program can answer each kind in its own way.</summary>
public enum ErrorKind
{
    /// <summary>Options or arguments that cannot be used, alone or together.</summary>
    Usage,

    /// <summary>Data that cannot be read or trained on: text where numbers are due, gaps, too few rows.</summary>
    BadData,

    /// <summary>An input file or folder that does not exist.</summary>
    NotFound,

    /// <summary>An output that cannot be written, or would overwrite something.</summary>
    CannotWrite,

    /// <summary>A model or checkpoint file that is damaged, or not one at all.</summary>
    Damaged,

    /// <summary>Training whose loss or gradients are no longer finite.</summary>
    Diverged,

    /// <summary>A native library or device that is needed and cannot be had.</summary>
    Environment,
}

/// <summary>
/// An error that the user of the program or library can mend. The message says what is wrong, where, and what to do,
/// in one line; it is meant to be shown as it is.
/// </summary>
/// <remarks>
/// Messages quote files that nobody has checked yet. Control characters in them are shown as U+FFFD, so that the message
/// stays one line and cannot drive a terminal, and all but the first and last thousand characters are left out.
/// </remarks>
/// <param name="kind">The kind of error.</param>
/// <param name="message">What is wrong, where (file, line, column), and what to do.</param>
/// <param name="innerException">The exception that led here, if any.</param>
public sealed class LstmTorchException(ErrorKind kind, string message, Exception? innerException = null)
    : Exception(Showable(message), innerException)
{
    private const int LongestEnd = 1000;

    /// <summary>The kind of error.</summary>
    public ErrorKind Kind { get; } = kind;

    private static string Showable(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        string text = message.Length > 2 * LongestEnd ? $"{message[..LongestEnd]}…{message[^LongestEnd..]}" : message;
        return string.Create(text.Length, text, static (shown, original) =>
        {
            for (int i = 0; i < shown.Length; i++)
                shown[i] = char.IsControl(original[i]) || original[i] is '\u2028' or '\u2029' ? '\uFFFD' : original[i];
        });
    }
}
