using System.Text;
using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class SeriesBuilderTests
{
    private const string Known = "date,sales,price,day\n2024-01-01,5,2,feast\n2024-01-02,6,4,\n2024-01-03,4,3,\n2024-01-05,,7,feast\n2024-01-06,,8,\n";

    private static readonly ReadOptions s_known = new() { Targets = ["sales"], FutureCovariates = ["price", "day"] };

    [Fact]
    public void RowsWithoutATarget_AreTheFutureWhereSomethingIsKnownOfThem()
    {
        TimeSeries series = Read(Known, s_known).Series[0];
        double[] prices = new double[5], feasts = new double[3];
        series.Known("price", 1, prices);
        series.Known("day=feast", 2, feasts);

        Assert.Equal((3, 2), (series.Length, series.Ahead.Rows));
        Assert.Equal([4, 3, 7, 8, double.NaN], prices);
        Assert.Equal([0, 1, 0], feasts);
        Assert.Equal(["2024-01-03", "2024-01-05", "2024-01-06", "2024-01-07"], new[] { 2, 3, 4, 5 }.Select(series.Time.Format));
    }

    [Theory]
    [InlineData("date,sales,price\n2024-01-01,5,2\n2024-01-02,,4\n2024-01-03,4,3\n2024-01-04,,3\n", "x.csv, line 3: column 'sales' (number 2): a value is missing; choose --missing")]
    [InlineData("date,sales,price\n2024-01-01,5,2\n2024-01-02,5,\n2024-01-03,4,3\n2024-01-04,,\n", "x.csv, line 3: column 'price' (number 3): a value is missing; choose --missing")]
    [InlineData("date,sales,price\n2024-01-01,5,2\n2024-01-03,,4\n2024-01-02,,3\n", "line 4: column 'date': 2024-01-02 stands below the later 2024-01-03")]
    public void Known_WhatIsMissingBefore_IsRefused(string csv, string message) => Assert.Contains(
        message, Assert.Throws<LstmTorchException>(() => Read(csv, new ReadOptions { Targets = ["sales"], FutureCovariates = ["price"] })).Message, StringComparison.Ordinal);

    [Fact]
    public void Known_OfEachSeries_FollowsItsOwnLastTarget()
    {
        TimeSeriesSet set = Read(
            "id,n,sales,price\nx,1,5,2\nx,2,,3\ny,1,3,4\ny,2,7,5\ny,3,,6\nx,3,,9\n", new ReadOptions { TimeColumn = "n", SeriesIdColumn = "id", Targets = ["sales"], FutureCovariates = ["price"] });

        Assert.Equal([(1, 2), (2, 1)], set.Series.Select(series => (series.Length, series.Ahead.Rows)));
        Assert.Equal([3, 9], set.Series[0].Ahead.Columns["price"]);
    }

    [Fact]
    public void AtEnd_TooFewRowsAhead_SaysHowManyAreNeeded()
    {
        ForecasterConfig config = ModelFit.Describe(new RunOptions { ContextLength = 2, Horizon = 2 }, Read(Known, s_known), [new(3, 3, 3)]);
        Assert.Equal(new Window(0, 2), WindowIndex.AtEnd(Read(Known, ReadOptions.Of(config)), config)[0]);

        string[] lines = Known.TrimEnd().Split('\n');
        Assert.Contains(
            "x.csv: below the last row with a target (2024-01-03) there is 1 row, and the model needs 2: empty targets, and the values of price, day,",
            Refused(string.Join('\n', lines[..^1])),
            StringComparison.Ordinal);
        Assert.Contains("x.csv: column 'price' has no value at 2024-01-06; the model takes it as known in advance", Refused(string.Join('\n', lines[..^1]) + "\n2024-01-06,,,feast\n"), StringComparison.Ordinal);

        string Refused(string csv)
        {
            var error = Assert.Throws<LstmTorchException>(() => WindowIndex.AtEnd(Read(csv, ReadOptions.Of(config)), config));
            Assert.Equal(ErrorKind.BadData, error.Kind);
            return error.Message;
        }
    }

    [Fact]
    public void Wide_MakesASeriesOfEachColumn()
    {
        const string csv = "date,note,north,promo,south\n2024-01-01,x,1,0,10\n2024-01-02,y,2,1,\n2024-01-03,z,,0,30\n2024-01-04,z,,1,\n";
        TimeSeriesSet set = Read(csv, new ReadOptions { Wide = true, FutureCovariates = ["promo"], Missing = MissingValues.Interpolate });

        Assert.Equal(["north", "south"], set.Series.Select(series => series.Id));
        Assert.Equal(["value", "promo"], set.Inputs);
        Assert.Equal(["value"], set.Targets);
        Assert.Equal(["north", "south"], set.SeriesColumns);
        Assert.Equal([1, 2], set.Series[0].Column("value").ToArray());
        Assert.Equal([0, 1], set.Series[0].Ahead.Columns["promo"]);
        Assert.Equal([10, 20, 30], set.Series[1].Column("value").ToArray());
        Assert.Equal([1], set.Series[1].Ahead.Columns["promo"]);
        Assert.Equal(1, set.MissingFilled);
    }

    /// <summary>Two rows have no usual distance, and of a week's days it is not known whether they are business days.</summary>
    [Theory]
    [InlineData("1 day", 7, "its rows lie 1 week apart, those that the model was trained on 1 day; it forecasts as if they lay 1 day apart")]
    [InlineData("1 week", 7, null)]
    [InlineData("1 business day", 1, null)]
    [InlineData(null, 7, null)]
    public void OfAModel_RowsOfAnotherStep_AreToldOf(string? trained, int days, string? expected)
    {
        string Rows(int count) => "date,a\n" + string.Concat(Enumerable.Range(0, count).Select(row => FormattableString.Invariant($"{new DateTime(2024, 1, 1).AddDays(days * row):yyyy-MM-dd},{row}\n")));
        var options = new ReadOptions { ForModel = true, Targets = ["a"], Inputs = ["a"], TimeStep = trained };
        Assert.Equal(expected is null ? [] : [expected], Read(Rows(3), options).Remarks);
        Assert.Empty(Read(Rows(2), options).Remarks);
    }

    [Fact]
    public void Wide_OfAModel_ReadsItsColumns()
    {
        TimeSeriesSet set = Read("date,a,b,c\n2024-01-01,1,2,3\n2024-01-02,3,5,3\n", new ReadOptions { Wide = true, Targets = ["c", "a"] });
        ForecasterConfig config = ModelFit.Describe(new RunOptions(), set, [new(2, 2, 2), new(2, 2, 2)]);
        config.Validate();

        Assert.Equal(["c", "a"], config.SeriesColumns);
        Assert.Equal(new ColumnScaler(1, 2), Assert.Single(config.InputScalers));
        TimeSeriesSet again = Read("date,b,a\n2024-01-01,1,2\n2024-01-02,3,5\n", ReadOptions.Of(config));
        Assert.Equal([2, 5], Assert.Single(again.Series).Column("value").ToArray());
        Assert.Equal("1 of the 2 columns that the model forecasts is not there: 'c'", Assert.Single(again.Remarks));
        Assert.Empty(Read("date,a,c\n2024-01-01,1,2\n2024-01-02,3,5\n", ReadOptions.Of(config)).Remarks);
        Assert.Contains("the model forecasts 2 columns, such as 'c', and none of them is there", Assert.Throws<LstmTorchException>(() => Read("date,b\n2024-01-01,1\n", ReadOptions.Of(config))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("promo", "value")]
    [InlineData("value", "promo")]
    public void Wide_CovariateOfTheNameOfTheTarget_IsWrongUsage(string series, string covariate)
    {
        ReadOptions options = new() { Wide = true, PastCovariates = [covariate] };
        string csv = $"date,{series},{covariate}\n2024-01-01,1,2\n2024-01-02,3,5\n";
        if (covariate == "value")
            Assert.Contains("the column 'value' has the name of one that is made", Assert.Throws<LstmTorchException>(() => Read(csv, options)).Message, StringComparison.Ordinal);
        else
            Assert.Equal(["value", "promo"], Read(csv, options).Inputs);
    }

    private static TimeSeriesSet Read(string csv, ReadOptions options) => SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "x.csv", options);
}
