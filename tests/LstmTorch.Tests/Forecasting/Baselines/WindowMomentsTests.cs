using LstmTorch.Data;
using LstmTorch.Forecasting.Baselines;
using Xunit;

namespace LstmTorch.Tests.Forecasting.Baselines;

public class WindowMomentsTests
{
    /// <summary>Against the sums over the windows themselves, with a gap in the windows and a series that does not count.</summary>
    [Fact]
    public void Of_SomeRuns_AreThoseOfTheWindowsOneByOne()
    {
        double[] rows = [.. Enumerable.Range(0, 40).Select(t => Math.Sin(t * 1.3) + (t * 31 % 7))];
        WindowIndex windows = WindowIndex.Concat([
            WindowIndex.Of([new ChronologicalSplit(20, 20, 20), new ChronologicalSplit(9, 9, 9)], Part.Train, 4, 3),
            WindowIndex.Of([new ChronologicalSplit(25, 40, 40)], Part.Validation, 4, 3)]);
        WindowMoments moments = WindowMoments.Of([rows, null], windows, 3);

        double[][] one = [.. Enumerable.Range(0, windows.Count).Select(n => windows[n]).Where(window => window.Series == 0)
            .Select(window => Enumerable.Range(-3, 7).Select(offset => rows[window.Origin + offset] - rows[window.Origin]).ToArray())];
        Assert.Equal(one.Length, moments.Windows);
        for (int place = 0; place < 7; place++)
        {
            Assert.Equal(one.Average(window => window[place]), moments.Mean(place), 1e-12);
            for (int other = 0; other < 7; other++)
                Assert.Equal(one.Average(window => window[place] * window[other]), moments.MeanProduct(place, other), 1e-12);
        }
    }
}
