using LstmTorch.Reporting;
using Xunit;

namespace LstmTorch.Tests.Reporting;

public class LogTicksTests
{
    [Theory]
    [InlineData(1, 10, false)]
    [InlineData(1, 11, true)]
    [InlineData(0, 11, false)]
    [InlineData(-1, 11, false)]
    public void Suit_OnlyPositiveValuesOverMoreThanADecade(double smallest, double largest, bool expected) =>
        Assert.Equal(expected, LogTicks.Suit(smallest, largest));

    [Fact]
    public void Of_TwoDecades_LabelsOneTwoAndFive() =>
        Assert.Equal(
            ["0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"],
            Labels(0.0012, 0.09));

    [Fact]
    public void Of_ManyDecades_LabelsPowersOfTenAtTheirLogarithms()
    {
        var majors = LogTicks.Choose(2e-6, 0.5).Where(tick => tick.Label is not null).ToArray();
        Assert.Equal(["1e-6", "1e-5", "0.0001", "0.001", "0.01", "0.1", "1"], majors.Select(tick => tick.Label));
        Assert.Equal([-6.0, -5, -4, -3, -2, -1, 0], majors.Select(tick => tick.Position));
    }

    [Fact]
    public void Of_TheWholeRangeOfNumbers_HasFewLabels() => Assert.InRange(Labels(1e-300, 1e300).Length, 5, 12);

    private static string[] Labels(double smallest, double largest) =>
        [.. LogTicks.Choose(smallest, largest).Select(tick => tick.Label).OfType<string>()];
}
