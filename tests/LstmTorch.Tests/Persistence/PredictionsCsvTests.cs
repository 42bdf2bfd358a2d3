using System.Globalization;
using System.Text;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public class PredictionsCsvTests
{
    private static readonly PredictionRow[] Rows =
    [
        new("", "2015-01-01", "2015-01-02", 1, "temp, max", -1.5, 0.30000000000000004),
        new("=cmd|' /C calc'!A0", "-3", "-2", 1, "@price", null, -2),
    ];

    private const string Expected =
        "series,origin,timestamp,step,target,actual,forecast\n" +
        ",2015-01-01,2015-01-02,1,\"temp, max\",-1.5,0.30000000000000004\n" +
        "'=cmd|' /C calc'!A0,-3,-2,1,'@price,,-2\n";

    [Fact]
    public void Write_Rows_QuotesTextAndKeepsNumbers()
    {
        using var writer = new StringWriter();
        PredictionsCsv.Write(writer, Rows);
        Assert.Equal(Expected, writer.ToString());
    }

    [Fact]
    public void Write_Intervals_AreColumnsOfTheirCoverage()
    {
        using var writer = new StringWriter();
        PredictionRow row = new("", "1", "2", 1, "y", 3, 4) { Intervals = [new(3.5, 4.5), new(-1, 9)] };
        PredictionsCsv.Write(writer, [row], [new(0.8, [0.5]), new(0.975, [5])]);
        Assert.Equal(PredictionsCsv.Header + ",lower_80,upper_80,lower_97.5,upper_97.5\n,1,2,1,y,3,4,3.5,4.5,-1,9\n", writer.ToString());
    }

    [Fact]
    public void Write_Quantiles_AreColumnsOfTheirShare()
    {
        using var writer = new StringWriter();
        PredictionRow row = new("", "1", "2", 1, "y", 3, 4) { Intervals = [new(3.5, 4.5)], Quantiles = [new(0.025, 1), new(0.5, 4)] };
        PredictionsCsv.Write(writer, [row], [new(0.8, [0.5])], [0.025, 0.5]);
        Assert.Equal(PredictionsCsv.Header + ",lower_80,upper_80,q0.025,q0.5\n,1,2,1,y,3,4,3.5,4.5,1,4\n", writer.ToString());
    }

    [Fact]
    public void Write_ToAStream_IsUtf8WithoutMarkAndLeavesItOpen()
    {
        using var stream = new MemoryStream();
        PredictionsCsv.Write(stream, [Rows[0] with { Series = "Zürich" }]);
        stream.WriteByte((byte)'!');
        Assert.Equal(
            PredictionsCsv.Header + "\nZürich,2015-01-01,2015-01-02,1,\"temp, max\",-1.5,0.30000000000000004\n!",
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void Write_InACultureWithDecimalCommas_WritesPoints()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            using var writer = new StringWriter();
            PredictionsCsv.Write(writer, Rows);
            Assert.Equal(Expected, writer.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
