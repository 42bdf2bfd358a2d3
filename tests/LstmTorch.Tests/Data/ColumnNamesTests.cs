using System.Text;
using LstmTorch.Data;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class ColumnNamesTests
{
    private const string Csv = "date,sales,price,visitors,day\n2024-01-01,5,2,7,feast\n2024-01-02,6,4,3,\n2024-01-03,4,3,9,work\n";

    [Theory]
    [InlineData("", "", "", "", "sales price visitors", "")]
    [InlineData("", "visitors", "", "", "sales visitors", "")]
    [InlineData("", "", "price", "", "sales price visitors", "price")]
    [InlineData("target", "", "price", "", "sales price", "price")]
    [InlineData("price", "", "price", "", "price", "price")]
    [InlineData("", "visitors", "day,price", "", "sales visitors price day=feast day=work", "day=feast day=work price")]
    [InlineData("", "day", "", "", "sales day=feast day=work", "")]
    [InlineData("sales,day", "", "", "", "sales day=feast day=work", "")]
    [InlineData("target", "", "", "day", "sales day=feast day=work", "")]
    [InlineData("target", "", "visitors", "visitors", "sales visitors=7 visitors=3 visitors=9", "visitors=7 visitors=3 visitors=9")]
    public void Read_Roles_MakeTheInputs(string inputs, string past, string future, string categorical, string expected, string known)
    {
        TimeSeriesSet set = Read(new ReadOptions { Targets = ["sales"], Inputs = List(inputs), PastCovariates = List(past), FutureCovariates = List(future), Categorical = List(categorical) });

        Assert.Equal(["sales"], set.Targets);
        Assert.Equal(expected.Split(' '), set.Inputs);
        Assert.Equal(known, string.Join(' ', set.FutureCovariates));
    }

    /// <summary>A covariate is nothing to predict, even where it is the first column of numbers.</summary>
    [Fact]
    public void Read_WithoutATarget_PredictsTheFirstColumnThatIsNoCovariate() =>
        Assert.Equal(["price"], Read(new ReadOptions { FutureCovariates = ["sales"] }).Targets);

    [Theory]
    [InlineData("price", "price", "", "'price' stands in --past-covariates and in --future-covariates")]
    [InlineData("sales", "", "", "--past-covariates 'sales': it is a target")]
    [InlineData("", "visitors,sales", "", "--future-covariates 'sales': it is a target")]
    [InlineData("", "", "sales", "--categorical 'sales': it is a target")]
    [InlineData("", "prise", "", "--future-covariates 'prise': there is no such column; did you mean 'price'?")]
    [InlineData("", "date", "", "--future-covariates 'date': it holds dates; --calendar makes inputs of the time column")]
    [InlineData("", "", "date", "--categorical 'date': it holds dates")]
    [InlineData("price,price", "", "", "--past-covariates: 'price' is named twice")]
    public void Read_ContradictoryRoles_AreWrongUsage(string past, string future, string categorical, string message)
    {
        var error = Assert.Throws<LstmTorchException>(() =>
            Read(new ReadOptions { Targets = ["sales"], PastCovariates = List(past), FutureCovariates = List(future), Categorical = List(categorical) }));

        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static string[] List(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static TimeSeriesSet Read(ReadOptions options) => SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(Csv)), "x.csv", options);
}
