using System.Text;
using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class CategoryColumnsTests
{
    private const string Csv = "n,a,day\n1,5,feast\n2,6,\n3,4,work\n4,8,none\n5,7,feast\n6,3,strike\n";

    private static readonly ReadOptions s_options = new() { TimeColumn = "n", PastCovariates = ["day"] };

    [Fact]
    public void Values_AreOneWhereTheNameStandsAndZeroElsewhere()
    {
        TimeSeries series = Read(Csv, s_options).Series[0];

        Assert.Equal([1, 0, 0, 0, 1, 0], series.Column("day=feast").ToArray());
        Assert.Equal([0, 0, 1, 0, 0, 0], series.Column("day=work").ToArray());
        Assert.DoesNotContain("day=none", series.Columns);
    }

    /// <summary>The strike comes after the training rows: its weights would stay as they were drawn.</summary>
    [Fact]
    public void Describe_NamesOfNoTrainingRow_AreNoInputs()
    {
        TimeSeriesSet set = Read(Csv, s_options);
        ForecasterConfig config = ModelFit.Describe(new RunOptions { Normalize = WindowNormalization.Last }, set, [new(4, 5, 6)]);

        Assert.Equal(["a", "day=feast", "day=work"], config.Inputs);
        Assert.Equal([ColumnScaler.Identity, ColumnScaler.Identity], config.InputScalers.Skip(1));
        Assert.Equal(["feast", "work"], Assert.Single(config.Categories).Values);
        Assert.Equal(["day=feast", "day=work"], config.NormalizeExcept);
        config.Validate();
    }

    [Fact]
    public void Model_OtherData_KnowsItsNamesAndTellsOfOthers()
    {
        ForecasterConfig config = ModelFit.Describe(new RunOptions(), Read(Csv, s_options), [new(4, 5, 6)]);
        TimeSeriesSet other = Read("n,a,day\n1,5,work\n2,6,strike\n3,4,work\n4,3,strike\n", ReadOptions.Of(config));

        Assert.Equal([1, 0, 1, 0], other.Series[0].Column("day=work").ToArray());
        Assert.Equal([0, 0, 0, 0], other.Series[0].Column("day=feast").ToArray());
        Assert.Equal(["column 'day': 'strike' (line 3) is none of the names that the model knows; it takes such fields, 2 in all, as empty"], other.Remarks);
    }

    [Fact]
    public void Numbers_DeclaredAsNames_AreNames()
    {
        TimeSeriesSet set = Read("n,a,shop\n1,5,3\n2,6,12\n3,5,3.0\n4,5,x\n", s_options with { PastCovariates = [], Categorical = ["shop"] });

        Assert.Equal(["a", "shop=3", "shop=12", "shop=x"], set.Inputs);
        Assert.Equal([1, 0, 1, 0], set.Series[0].Column("shop=3").ToArray());
    }

    /// <summary>A column that is constant within each series, as text or as a number, is an input like any other.</summary>
    [Fact]
    public void StaticColumns_OfManySeries_AreInputs()
    {
        TimeSeriesSet set = Read(
            "id,n,a,region,size\nx,1,5,north,40\nx,2,6,north,40\ny,1,3,south,70\ny,2,4,south,70\n",
            new ReadOptions { TimeColumn = "n", SeriesIdColumn = "id", PastCovariates = ["region", "size"] });

        Assert.Equal(["a", "size", "region=north", "region=south"], set.Inputs);
        Assert.Equal([0, 0], set.Series[1].Column("region=north").ToArray());
        Assert.Equal([70, 70], set.Series[1].Column("size").ToArray());
    }

    [Theory]
    [InlineData("n,a,day\n1,5,x\n2,6,4\n3,4,5\n", ErrorKind.BadData, "column 'day' (number 3): 'x' is not a number; correct it, leave the field empty if nothing is known, choose other columns with --target and --inputs, or name it in --categorical")]
    [InlineData("n,a,day,day=x\n1,5,x,3\n2,6,y,4\n3,4,y,5\n", ErrorKind.Usage, "the column 'day=x' has the name of one that is made for the model")]
    public void Text_ThatCannotBe_IsRefused(string csv, ErrorKind kind, string message)
    {
        ReadOptions options = s_options with { PastCovariates = csv.Contains("day=x", StringComparison.Ordinal) ? ["day", "day=x"] : ["day"] };
        var error = Assert.Throws<LstmTorchException>(() => Read(csv, options));

        Assert.Equal(kind, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_MoreThanAHundred_AreRefusedByName()
    {
        string Csv(int names) => "n,a,day\n" + string.Concat(Enumerable.Range(0, names).Select(n => $"{n},{n % 3},name{n}\n"));
        Assert.Equal(101, Read(Csv(100), s_options).Inputs.Count);
        Assert.Contains(
            "x.csv, line 102: column 'day' holds more than 100 different names", Assert.Throws<LstmTorchException>(() => Read(Csv(101), s_options)).Message, StringComparison.Ordinal);
    }

    private static TimeSeriesSet Read(string csv, ReadOptions options) => SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "x.csv", options);
}
