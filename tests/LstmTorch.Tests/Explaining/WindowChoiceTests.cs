using LstmTorch.Data;
using LstmTorch.Explaining;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Explaining;

public sealed class WindowChoiceTests
{
    private static readonly TimeSeriesSet s_set = LinearModel.Set(new double[20], new double[20]) with
    {
        Series = [.. new[] { "north", "south" }.Select((id, n) => new TimeSeries(id, TimeAxis.OfSteps("t", [.. Enumerable.Range(100 * n, 20).Select(t => (long)t)]), ["x", "y"], [new double[20], new double[20]]))],
    };

    private static readonly ChronologicalSplit[] s_splits = [new(10, 15, 20), new(10, 15, 20)];

    [Fact]
    public void Of_NoChoice_IsTheTestPartOrAllOfOtherData()
    {
        Assert.Equal(Windows(0, 14, 18).Concat(Windows(1, 14, 18)), new WindowChoice().Of(s_set, LinearModel.Config, s_splits));
        Assert.Equal(Windows(0, 2, 18).Concat(Windows(1, 2, 18)), new WindowChoice().Of(s_set, LinearModel.Config, null));
    }

    [Theory]
    [InlineData(ExplainedPart.Train, 2, 8)]
    [InlineData(ExplainedPart.Validation, 9, 13)]
    [InlineData(ExplainedPart.All, 2, 18)]
    public void Of_PartAndSeries_AreItsWindows(ExplainedPart part, int first, int last) => Assert.Equal(
        Windows(1, first, last), new WindowChoice { Part = part, Series = "south" }.Of(s_set, LinearModel.Config, s_splits));

    /// <summary>Of 17 windows the middle ones of three stretches of 5⅔.</summary>
    [Fact]
    public void Of_FewerThanThereAre_StandAtEvenDistances() => Assert.Equal(
        [4, 10, 16], new WindowChoice { Part = ExplainedPart.All, Series = "north", Most = 3 }.Of(s_set, LinearModel.Config, s_splits).Select(window => window.Origin));

    [Fact]
    public void Of_Origin_IsThatRowEvenAtTheEndOfTheData()
    {
        Assert.Equal([new Window(1, 19)], new WindowChoice { Origin = "119" }.Of(s_set, LinearModel.Config, s_splits));
        Assert.Equal([new Window(0, 2)], new WindowChoice { Origin = "2", Series = "north" }.Of(s_set, LinearModel.Config, null));
    }

    [Theory]
    [InlineData("--series 'suoth': linear.csv has no such series; did you mean 'south'?", null, "suoth", null)]
    [InlineData("--origin 7x: linear.csv has no such row; its rows go from 0 to 19", null, null, "7x")]
    [InlineData("--origin 101: the model looks back on 3 rows, and up to this one there are 2; the first origin is 102", null, null, "101")]
    [InlineData("--origin names one window; leave --part out", ExplainedPart.Test, null, "7")]
    public void Of_WhatIsNotThere_SaysWhatIs(string expected, ExplainedPart? part, string? series, string? origin)
    {
        var error = Assert.Throws<LstmTorchException>(() => new WindowChoice { Part = part, Series = series, Origin = origin }.Of(s_set, LinearModel.Config, s_splits));
        Assert.Equal((ErrorKind.Usage, expected), (error.Kind, error.Message));
    }

    [Fact]
    public void Of_AnOriginOfSeveralSeries_AsksForOne()
    {
        TimeSeriesSet same = s_set with { Series = [s_set.Series[0], new TimeSeries("west", s_set.Series[0].Time, ["x", "y"], [new double[20], new double[20]])] };
        var error = Assert.Throws<LstmTorchException>(() => new WindowChoice { Origin = "7" }.Of(same, LinearModel.Config, null));
        Assert.Equal("--origin 7: 2 series have this row; name one with --series, such as 'north'", error.Message);
    }

    [Fact]
    public void Of_PartOfOtherData_IsRefused()
    {
        var error = Assert.Throws<LstmTorchException>(() => new WindowChoice { Part = ExplainedPart.Test }.Of(s_set, LinearModel.Config, null));
        Assert.Equal("--part test: linear.csv is not the data that the model was trained on, and has no parts; leave --part out", error.Message);
    }

    [Fact]
    public void Of_PartWithoutAWindow_IsBadData()
    {
        var error = Assert.Throws<LstmTorchException>(() => new WindowChoice().Of(s_set, LinearModel.Config with { Horizon = 6 }, s_splits));
        Assert.Equal((ErrorKind.BadData, "linear.csv: no window of the test part is whole; one of this model needs 9 rows"), (error.Kind, error.Message));
    }

    private static IEnumerable<Window> Windows(int series, int first, int last) => Enumerable.Range(first, last - first + 1).Select(origin => new Window(series, origin));
}
