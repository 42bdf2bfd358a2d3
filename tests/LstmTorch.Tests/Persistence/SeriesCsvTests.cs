using LstmTorch.Forecasting;
using LstmTorch.Forecasting.Baselines;
using LstmTorch.Persistence;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public class SeriesCsvTests
{
    [Fact]
    public void Serialize_SomeSeries_WritesARowEach()
    {
        string text = SeriesCsv.Serialize([
            new SeriesMetrics("a,b", "y", 3, 0.1, 0.30000000000000004, null, 12, Baseline.SeasonalNaive, 0.2),
            new SeriesMetrics("=1+1", "y", 3, null, null, null, null, null, null),
        ]);
        Assert.Equal(
            "series,target,windows,mae,rmse,mase,smape,best_baseline,best_baseline_mae\n\"a,b\",y,3,0.1,0.30000000000000004,,12,seasonal-naive,0.2\n'=1+1,y,3,,,,,,\n",
            text);
    }
}
