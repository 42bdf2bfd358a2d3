using LstmTorch.Data;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class RowLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_RowsOfDifferentLengths_AreSeriesOfTheirOwn()
    {
        TimeSeriesSet set = RowLayout.Read(_folder.Write("m4.csv", "\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",605,586.5,1e3\n\"H2\",-3,,\n"));
        Assert.Equal(["H1", "H2"], set.Series.Select(series => series.Id));
        Assert.Equal([605, 586.5, 1000], set.Series[0].Column("value").ToArray());
        Assert.Equal([-3], set.Series[1].Column("value").ToArray());
    }

    [Theory]
    [InlineData("V1,V2\nH1,x\n", "line 2, field 2: 'x' is not a number")]
    [InlineData("V1,V2,V3\nH1,,5\n", "line 2, field 2: '' is not a number")]
    [InlineData("V1,V2\nH1,inf\n", "field 2")]
    [InlineData("V1,V2\nH1,\"5\n", "a quote is not closed")]
    [InlineData("V1,V2\n", "there is no series")]
    [InlineData("V1,V2\nH1,\n", "series 'H1' has no value")]
    public void Read_WhatCannotBeUsed_IsRefusedWithItsPlace(string text, string message)
    {
        var error = Assert.Throws<LstmTorchException>(() => RowLayout.Read(_folder.Write("m4.csv", text)));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_IsNotFound() =>
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<LstmTorchException>(() => RowLayout.Read("no/such.csv")).Kind);
}
