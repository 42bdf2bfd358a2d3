using CsCheck;
using LstmTorch.Data;
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
}
