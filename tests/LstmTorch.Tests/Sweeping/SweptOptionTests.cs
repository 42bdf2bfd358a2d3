using System.Text.Json.Nodes;
using LstmTorch.Runtime;
using LstmTorch.Sweeping;
using Xunit;

namespace LstmTorch.Tests.Sweeping;

public class SweptOptionTests
{
    [Theory]
    [InlineData("hidden-size=32/64,64", "hidden_size", "[32]", "[64,64]")]
    [InlineData("--peephole=none/full", "peephole", "\"none\"", "\"full\"")]
    [InlineData("clip_norm=none/1", "clip_norm", null, "1")]
    [InlineData("highway=true/false", "highway", "true", "false")]
    [InlineData("context-length=12/auto", "context_length", "12", "\"auto\"")]
    [InlineData("dropout=0/2e-1", "dropout", "0", "0.2")]
    [InlineData("inputs=all/a,b", "inputs", "[\"all\"]", "[\"a\",\"b\"]")]
    public void Parse_Values_AreThoseOfTheCommandLine(string text, string name, params string?[] values)
    {
        var option = SweptOption.Parse(text);
        Assert.Equal(name, option.Name);
        Assert.Equal(values, option.Values!.Select(value => value?.ToJsonString()));
    }

    [Theory]
    [InlineData("learning-rat=1/2", "there is no option 'learning-rat'; did you mean 'learning-rate'?")]
    [InlineData("horizon=1/2", "'horizon' must be the same in all trials")]
    [InlineData("learning-rate", "write NAME=VALUE/VALUE or NAME=LOW..HIGH")]
    [InlineData("learning-rate=", "write NAME=VALUE/VALUE or NAME=LOW..HIGH")]
    [InlineData("learning-rate=0.1/fast", "'fast' must be a number")]
    [InlineData("learning-rate=0,1/0,2", "'0,1' must be a number")]
    [InlineData("hidden-size=8..64", "only a number has a range")]
    [InlineData("hidden-size=8/x", "'x' must be a list of whole numbers")]
    [InlineData("peephole=none/half", "'half' must be one of \"none\", \"diagonal\", \"full\"")]
    [InlineData("batch-size=8..64.5", "'64.5' must be a whole number")]
    [InlineData("dropout=0.5..0.1", "must begin below its end")]
    [InlineData("dropout=0..0.5:log", "begins above 0")]
    [InlineData("dropout=0..0.2..0.5", "a range is LOW..HIGH")]
    [InlineData("clip-norm=none..1", "a range is LOW..HIGH, two numbers")]
    [InlineData("dropout=0.1/0.10", "stands there twice")]
    public void Parse_WhatCannotBeUsed_SaysWhatAndWhatToDo(string text, string expected)
    {
        var error = Assert.Throws<LstmTorchException>(() => SweptOption.Parse(text));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.StartsWith($"--vary {text}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_OfARangeOfPowers_HasAsManyOfEach()
    {
        double[] drawn = Draw("learning-rate=1e-4..1e-1:log", 3000);
        Assert.InRange(drawn.Min(), 1e-4, 1.1e-4);
        Assert.InRange(drawn.Max(), 0.9e-1, 1e-1);

        // A thousand of 3000 in each power of ten; 3 standard deviations of the binomial are 77.
        for (double power = 1e-4; power < 0.05; power *= 10)
            Assert.InRange(drawn.Count(value => value >= power && value < 10 * power), 923, 1077);
    }

    [Fact]
    public void Draw_OfARangeOfWholeNumbers_HasItsEndsAsOftenAsTheOthers()
    {
        double[] drawn = Draw("context-length=2..5", 4000);
        Assert.All(drawn, value => Assert.Equal(Math.Round(value), value));

        // A thousand each; 3 standard deviations are 82.
        Assert.All(drawn.CountBy(value => value), count => Assert.InRange(count.Value, 918, 1082));
        Assert.Equal([2.0, 3, 4, 5], drawn.Distinct().Order());
    }

    [Fact]
    public void Draw_OfARange_HasThreeDigits() =>
        Assert.All(Draw("dropout=0.1..0.5", 100), value => Assert.Equal(Math.Round(value, 3), value));

    private static double[] Draw(string text, int count)
    {
        var random = new Random(1);
        var option = SweptOption.Parse(text);
        Assert.Null(option.Values);
        return [.. Enumerable.Range(0, count).Select(_ => (double)JsonNode.Parse(option.Draw(random)!.ToJsonString())!)];
    }
}
