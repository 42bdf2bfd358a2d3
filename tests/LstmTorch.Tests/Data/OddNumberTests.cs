using LstmTorch.Data;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class OddNumberTests
{
    [Theory]
    [InlineData("2,5", "a decimal comma", "2.5")]
    [InlineData("-1002,", null, null)]
    [InlineData("1,002.84", "thousands separators", "1002.84")]
    [InlineData("1,002,000", "thousands separators", "1002000")]
    [InlineData("1.002,84", "thousands separators", "1002.84")]
    [InlineData("1.002.000", "thousands separators", "1002000")]
    [InlineData("12,34,567.5", "thousands separators", "1234567.5")]
    [InlineData("-1'002.5", "thousands separators", "-1002.5")]
    [InlineData("1\u00A0002", "thousands separators", "1002")]
    [InlineData("1 002,5", "thousands separators", "1002.5")]
    [InlineData("$1,002.84", "a currency sign", "1002.84")]
    [InlineData("-€5", "a currency sign", "-5")]
    [InlineData("12,50 €", "a currency sign", "12.50")]
    [InlineData("50.1%", "a percent sign", "50.1")]
    [InlineData("(12.5)", "parentheses, as bookkeepers write what is below 0", "-12.5")]
    [InlineData("850.12 kW", "a unit, kW", "850.12")]
    [InlineData("20°C", "a unit, °C", "20")]
    [InlineData("−745.5", "a minus sign of its own kind", "-745.5")]
    [InlineData("closed", null, null)]
    [InlineData("2024-01-31", null, null)]
    [InlineData("31.01.2024", null, null)]
    [InlineData("12:30", null, null)]
    [InlineData("10,02,3", null, null)]
    [InlineData("1,0002", "a decimal comma", "1.0002")]
    [InlineData("H1", null, null)]
    [InlineData("3 of 5", null, null)]
    [InlineData("$", null, null)]
    [InlineData("-", null, null)]
    [InlineData("()", null, null)]
    public void Of_AField_SaysWhatIsOddAndHowToWriteIt(string text, string? what, string? write)
    {
        OddNumber? odd = OddNumber.Of(text);
        Assert.Equal((what, write), (odd?.What, odd?.Write));
    }

    [Theory]
    [InlineData("1,502", true)]
    [InlineData("-12,000", true)]
    [InlineData("0,502", false)]
    [InlineData("1,50", false)]
    [InlineData("1502,000", false)]
    [InlineData("1,502.5", false)]
    public void IsUnclear_AComma_WhereThreeDigitsFollowOneToThree(string text, bool unclear) => Assert.Equal(unclear, OddNumber.IsUnclear(text));
}
