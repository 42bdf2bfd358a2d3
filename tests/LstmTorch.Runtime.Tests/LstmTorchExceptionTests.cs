using Xunit;

namespace LstmTorch.Runtime.Tests;

public class LstmTorchExceptionTests
{
    [Fact]
    public void Message_OfOneLine_IsShownAsItIs()
    {
        var inner = new IOException("x");
        var error = new LstmTorchException(ErrorKind.BadData, "données.csv, line 3, column 'Größe': 'a\"b' is not a number", inner);

        Assert.Equal("données.csv, line 3, column 'Größe': 'a\"b' is not a number", error.Message);
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Same(inner, error.InnerException);
    }

    [Fact]
    public void Message_WithTextOfAHostileFile_StaysOneLineAndCannotDriveTheTerminal()
    {
        var error = new LstmTorchException(ErrorKind.Damaged, "tensor 'a\r\nb\u001b[2Jc\u009b\u2028d' is not known");

        Assert.Equal("tensor 'a\uFFFD\uFFFDb\uFFFD[2Jc\uFFFD\uFFFDd' is not known", error.Message);
    }

    [Fact]
    public void Message_OfThousandsOfCharacters_IsCutInTheMiddle()
    {
        var error = new LstmTorchException(ErrorKind.Damaged, "start " + new string('x', 100_000) + " end");

        Assert.Equal(2001, error.Message.Length);
        Assert.StartsWith("start xxx", error.Message, StringComparison.Ordinal);
        Assert.Contains("x…x", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("xxx end", error.Message, StringComparison.Ordinal);
    }
}
