using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>What every error has in common that a user can mend.</summary>
internal static class Refusal
{
    /// <summary>Checks that the action is refused with this kind, in one line that names the place.</summary>
    public static string Of(ErrorKind kind, string where, Action action)
    {
        var error = Assert.Throws<LstmTorchException>(action);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        return error.Message;
    }
}
