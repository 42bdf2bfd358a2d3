using System.Globalization;
using CsCheck;
using LstmTorch.Persistence;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public class CsvCellTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Seattle", "Seattle")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=SUM(A1)", "'=SUM(A1)")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-cmd", "'-cmd")]
    [InlineData("@cmd", "'@cmd")]
    [InlineData("\tcmd", "'\tcmd")]
    [InlineData("\rcmd", "\"'\rcmd\"")]
    [InlineData("=1,2", "\"'=1,2\"")]
    [InlineData("-1+cmd", "'-1+cmd")]
    [InlineData("a=b", "a=b")]
    public void Text_AnyText_IsQuotedAndNeverAFormula(string text, string cell) => Assert.Equal(cell, CsvCell.Text(text));

    [Theory]
    [InlineData("-1")]
    [InlineData("+2.5")]
    [InlineData("-1e-3")]
    [InlineData("2015-01-01")]
    public void Text_ThatReadsAsANumberOrDate_StaysAsItIs(string text) => Assert.Equal(text, CsvCell.Text(text));

    [Fact]
    public void Number_AnyFiniteNumber_ReadsBackAsTheSameBits() =>
        Gen.Double.Where(double.IsFinite).Sample(value =>
            Assert.Equal(
                BitConverter.DoubleToInt64Bits(value),
                BitConverter.DoubleToInt64Bits(double.Parse(CsvCell.Number(value), CultureInfo.InvariantCulture))));

    [Fact]
    public void Number_NotANumber_IsAnEmptyCell() => Assert.Equal("", CsvCell.Number(double.NaN));
}
