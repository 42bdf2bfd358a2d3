using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

/// <summary>The files were written by Apache Arrow's C++ library, 25.0, as pandas and others write them; their values follow formulas.</summary>
public sealed class ParquetTableReaderTests
{
    private const int Rows = 400;

    [Theory]
    [InlineData("groups.parquet")]
    [InlineData("nanoseconds.parquet")]
    public void Read_EveryKindOfColumn_GivesItsNumbersDatesAndTexts(string file)
    {
        TimeSeriesSet set = Read(file, new ReadOptions { Targets = ["load"], PastCovariates = ["temp", "count", "big", "open", "price"], Categorical = ["name"], Missing = MissingValues.Interpolate });
        TimeSeries series = Assert.Single(set.Series);

        Assert.Equal("time", set.TimeColumn);
        Assert.Equal(["load", "temp", "count", "big", "open", "price", "name=n1", "name=n0"], set.Inputs);
        Assert.Equal(["2024-01-01 00:00", "2024-01-17 15:00"], new[] { 0, Rows - 1 }.Select(series.Time.Format));
        for (int row = 0; row < Rows; row++)
        {
            bool isMissing = row % 50 == 7;
            if (!isMissing)
                Assert.Equal(Math.Round(100 + (10 * Math.Sin(row * 2 * Math.PI / 24)), 3), series.Column("load")[row]);
            Assert.Equal(double.Parse((12.8f + (row % 10 * 0.1f)).ToString(System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture), series.Column("temp")[row]);
            Assert.Equal(row % 7, series.Column("count")[row]);
            Assert.Equal(row * row % 1000, series.Column("big")[row]);
            Assert.Equal(row % 3 == 0 ? 1 : 0, series.Column("open")[row]);
            Assert.Equal(1.5 + (row % 4 * 0.125), series.Column("price")[row]);
            Assert.Equal(row % 5 != 0 && row % 2 == 1 ? 1 : 0, series.Column("name=n1")[row]);
        }

        Assert.Equal(8, set.MissingFilled);
    }

    [Fact]
    public void Read_AMissingValue_NamesItsRow()
    {
        string message = Refused("groups.parquet", new ReadOptions { Targets = ["load"] });
        Assert.StartsWith("groups.parquet, row 8: column 'load' (number 2): ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MomentsInUtc_AreWrittenSo() =>
        Assert.Equal("2024-01-01 05:00Z", Read("utc.parquet", new ReadOptions()).Series[0].Time.Format(5));

    [Fact]
    public void Read_NestedColumns_AreLeftOutAndTold()
    {
        TimeSeriesSet set = Read("nested.parquet", new ReadOptions { Targets = ["y"] });
        Assert.Equal("d", set.TimeColumn);
        Assert.Equal("2020-01-02", set.Series[0].Time.Format(1));
        Assert.Equal(["y"], set.Inputs);
        Assert.Contains("column 'lists' holds neither numbers, dates nor text, and is left out", set.Remarks);
        Assert.Contains("column 'id' holds neither numbers, dates nor text, and is left out", set.Remarks);
    }

    [Fact]
    public void Read_AnIntegerColumnAsSeries_TellsThemApart()
    {
        TimeSeriesSet set = Read("groups.parquet", new ReadOptions { Targets = ["big"], Inputs = ["target"], SeriesIdColumn = "open" });
        Assert.Equal(["1", "0"], set.Series.Select(series => series.Id));
        Assert.Equal([134, 266], set.Series.Select(series => series.Length));
    }

    [Fact]
    public void Read_DamagedBytes_AreRefusedOrRead_NeverAnotherError()
    {
        byte[] whole = File.ReadAllBytes(Name("nanoseconds.parquet"));
        for (int place = 0; place < whole.Length; place += 7)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x55;
            Assert.True(ReadsOrRefuses(damaged), $"byte {place}");
            Assert.True(ReadsOrRefuses(whole[..place]), $"cut at {place}");
        }
    }

    private static bool ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            SeriesReader.Read(new MemoryStream(bytes), "x.parquet", new ReadOptions { Targets = ["load"], Missing = MissingValues.Interpolate });
            return true;
        }
        catch (LstmTorchException error)
        {
            return error.Kind is ErrorKind.BadData or ErrorKind.Usage;
        }
    }

    private static string Refused(string file, ReadOptions options) => Assert.Throws<LstmTorchException>(() => Read(file, options)).Message;

    private static TimeSeriesSet Read(string file, ReadOptions options)
    {
        using FileStream stream = File.OpenRead(Name(file));
        return SeriesReader.Read(stream, file, options);
    }

    private static string Name(string file) => Path.Combine(AppContext.BaseDirectory, "Data", "Parquet", file);
}
