using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ResultTablesTests(TrainedRun trained)
{
    [Fact]
    public void Table_OfMetrics_HasNumbersBelowEachOther()
    {
        string[] lines = trained.Tool.Run("evaluate", "run").Exits(0).Output.Split('\n');

        Assert.Equal("part        forecast            ", lines[0][..32]);
        string[] rows = lines[1..10];
        Assert.Equal(["train", "24 windows", "", "validation", "5 windows", "", "test", "5 windows", ""], rows.Select(row => row[..12].Trim()));
        Assert.Single(lines[..10].Select(line => line.Length).Distinct());

        // Every row has its decimal points in the same places as the first.
        int[][] points = [.. rows.Select(row => Enumerable.Range(0, row.Length).Where(place => row[place] == '.').ToArray())];
        Assert.Equal(5, points[0].Length);
        Assert.All(points, row => Assert.Equal(points[0], row));
    }

    [Fact]
    public void Table_OfMetrics_EndsOnTheVerdict()
    {
        string[] lines = trained.Tool.Run("evaluate", "run").Exits(0).Output.TrimEnd('\n').Split('\n');

        // Two epochs teach nothing, and the naive forecasts are better.
        Assert.Matches(@"^On the test part the model does NOT beat the (seasonal )?naive forecast: its RMSE is \d+(\.\d % higher| times as high)\.", lines[^1]);
    }
}
