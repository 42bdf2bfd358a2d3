using System.Text;
using CsCheck;
using LstmTorch.Data;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class WindowIndexTests
{
    private static readonly Gen<ChronologicalSplit> s_split = Gen.Select(Gen.Int[0, 12], Gen.Int[0, 8], Gen.Int[0, 8])
        .Select((train, validation, test) => new ChronologicalSplit(train, train + validation, train + validation + test));

    [Fact]
    public void Of_AnySplits_HoldsExactlyTheWindowsThatFit() =>
        Gen.Select(s_split.List[1, 4], Gen.Int[1, 5], Gen.Int[1, 4]).Sample((splits, context, horizon) =>
        {
            foreach (Part part in Enum.GetValues<Part>())
            {
                var expected =
                    from series in Enumerable.Range(0, splits.Count)
                    let rows = splits[series].Rows(part)
                    from origin in Enumerable.Range(0, splits[series].End)
                    where origin - context + 1 >= 0 && origin + 1 >= rows.Start && origin + horizon < rows.End
                    select new Window(series, origin);
                WindowIndex index = WindowIndex.Of(splits, part, context, horizon);
                Assert.Equal(expected, Enumerable.Range(0, index.Count).Select(n => index[n]));
            }
        });

    private static readonly Gen<bool[]> s_missing = Gen.Int[0, 2].Select(n => n == 0).Array[8, 24];

    [Fact]
    public void Of_DataWithFilledValues_HoldsExactlyTheWindowsWithAMeasuredOriginAndAMeasuredTarget() =>
        Gen.Select(s_missing, s_missing, Gen.Int[1, 3], Gen.Int[1, 3]).Sample((a, b, context, horizon) =>
        {
            int rows = Math.Min(a.Length, b.Length);
            (a, b) = (a[..rows], b[..rows]);
            TimeSeriesSet set = Filled(a, b);
            ChronologicalSplit[] splits = [new(rows / 2, rows - 2, rows)];
            foreach (Part part in Enum.GetValues<Part>())
            {
                // Of column b, an input only, the future does not matter.
                WindowIndex all = WindowIndex.Of(splits, part, context, horizon), known = WindowIndex.Of(set, splits, part, context, horizon);
                var expected = Enumerable.Range(0, all.Count).Select(n => all[n])
                    .Where(window => !a[window.Origin] && !b[window.Origin] && a.AsSpan(window.Origin + 1, horizon).Contains(false));
                Assert.Equal(expected, Enumerable.Range(0, known.Count).Select(n => known[n]));
                WindowIndex whole = WindowIndex.Of(set, splits, part, context, horizon, whole: true);
                Assert.Equal(
                    expected.Where(window => !a.AsSpan(window.Origin + 1, horizon).Contains(true)), Enumerable.Range(0, whole.Count).Select(n => whole[n]));
            }
        });

    [Theory]
    [InlineData(MissingValues.Interpolate)]
    [InlineData(MissingValues.ForwardFill)]
    public void Of_DataWithFilledValues_SeesNothingOfTheFuture(MissingValues policy) =>
        s_missing.Where(missing => missing.Count(cell => !cell) > 1).Sample(missing =>
        {
            TimeSeries Read(int origin, double later) => Csv(missing, row => row > origin ? later : row, policy).Series[0];
            TimeSeriesSet set = Csv(missing, row => row, policy);
            int length = set.Series[0].Length, leftOut = missing.Length - length;
            WindowIndex windows = WindowIndex.Of(set, [new(length, length, length)], Part.Train, 1, 1);
            for (int n = 0; n < windows.Count; n++)
            {
                int origin = windows[n].Origin;
                Assert.Equal(set.Series[0].Column("v")[..(origin + 1)].ToArray(), Read(origin + leftOut, 1e6).Column("v")[..(origin + 1)].ToArray());
            }
        });

    [Fact]
    public void AtEnd_TakesTheLastRowOfEachSeriesThatIsLongEnough()
    {
        WindowIndex index = WindowIndex.AtEnd([5, 2, 3], 3);
        Assert.Equal([new Window(0, 4), new Window(2, 2)], Enumerable.Range(0, index.Count).Select(n => index[n]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index[2]);
    }

    [Theory]
    [InlineData(100, 0.15, 0.15, 70, 85)]
    [InlineData(1461, 0.15, 0.15, 1023, 1242)]
    [InlineData(100, 0.29, 0, 71, 100)]
    [InlineData(3, 0.3, 0.3, 3, 3)]
    public void Split_ByShares_RoundsDownForValidationAndTest(int rows, double validation, double test, int trainEnd, int validationEnd) =>
        Assert.Equal(new ChronologicalSplit(trainEnd, validationEnd, rows), ChronologicalSplit.Of(rows, validation, test));

    [Fact]
    public void Permutation_OfAnyLength_IsABijection() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 1000], Gen.Int[1, 600]).Sample((seed, epoch, length) =>
        {
            var order = new Permutation(seed, epoch, length);
            Assert.Equal(Enumerable.Range(0, length), Enumerable.Range(0, length).Select(position => order[position]).Order());
        });

    [Fact]
    public void Permutation_OfSeedAndEpoch_IsPinnedAndShuffles()
    {
        int[] Order(ulong seed, int epoch, int length) => [.. Enumerable.Range(0, length).Select(n => new Permutation(seed, epoch, length)[n])];
        Assert.NotEqual(Order(0, 0, 50), Order(0, 1, 50));
        Assert.NotEqual(Order(0, 0, 50), Order(1, 0, 50));

        // Neighbours part: of 1000 shuffled numbers about two keep their successor.
        int[] order = Order(7, 3, 1000);
        Assert.InRange(Enumerable.Range(0, 999).Count(n => order[n + 1] == order[n] + 1), 0, 10);
    }

    [Theory]
    [InlineData("temp_mx", "did you mean 'temp_max'?")]
    [InlineData("WIND", "did you mean 'wind'?")]
    [InlineData("nothing", "the columns are temp_max, wind")]
    [InlineData("wnid", "did you mean 'wind'?")]
    public void Suggest_NearOrFar_Helps(string wanted, string expected) =>
        Assert.Equal(expected, NearestNames.Suggest(wanted, ["temp_max", "wind"]));

    private static TimeSeriesSet Filled(bool[] a, bool[] b) => new()
    {
        Series = [new TimeSeries(string.Empty, TimeAxis.OfRows(a.Length), ["a", "b"], [new double[a.Length], new double[a.Length]], [a, b])],
        Inputs = ["a", "b"],
        Targets = ["a"],
        SourceName = "x.csv",
        Sha256 = string.Empty,
        MissingFilled = a.Concat(b).Count(cell => cell),
    };

    private static TimeSeriesSet Csv(bool[] missing, Func<int, double> value, MissingValues policy)
    {
        string text = $"t,v\n{string.Concat(missing.Select((cell, row) => FormattableString.Invariant($"{row},{(cell ? string.Empty : value(row))}\n")))}";
        return SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv", new ReadOptions { TimeColumn = "t", Missing = policy });
    }
}
