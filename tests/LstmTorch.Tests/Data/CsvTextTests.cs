using System.Text;
using LstmTorch.Data;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("date;sales, net;temp, C\n2024-01-01;1;2\n2024-01-02;3;4\n", ';')]
    [InlineData("a;b\n1;2,5\n3;4,5\n", ';')]
    [InlineData("a;b;c\n1,5;2,5;3,5\n3,5;4,5;5,5\n", ';')]
    [InlineData("date|a, b|c\n2024|1|2", '|')]
    [InlineData("\"a;b;c\",d\n1,2\n", ',')]
    [InlineData("a,b\n1,\"2;3;4\"\n", ',')]
    [InlineData("\n\na\tb\r\n\r\n1\t2\r\n", '\t')]
    [InlineData("a,b,c\n1,2,3,\n4,5,6,\n", ',')]
    [InlineData("a;b;c", ';')]
    [InlineData("a\n1\n", ',')]
    [InlineData("", ',')]
    public void FindDelimiter_IsTheOneThatHeaderAndRowsAgreeOn(string text, char expected)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, CsvText.FindDelimiter(stream));
        Assert.Equal(0, stream.Position);
    }

    [Fact]
    public void FindDelimiter_OfALongFile_PassesOverTheLineThatIsCutOff()
    {
        string row = $"1;2{new string(' ', 50_000)};3\n";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($"a,x,y,z,w;b, c;d\n{row}{row}"));
        Assert.Equal(';', CsvText.FindDelimiter(stream));
    }
}
