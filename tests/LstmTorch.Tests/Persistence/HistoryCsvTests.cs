using CsCheck;
using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public class HistoryCsvTests
{
    [Fact]
    public void Serialize_TwoEpochs_WritesHeaderAndRows()
    {
        string csv = HistoryCsv.Serialize(
        [
            new EpochResult(1, 0.1, 0.30000000000000004, 1e-3, 2, 0.5),
            new EpochResult(2, 1e-7, double.NaN, 1e-5, double.PositiveInfinity, 12),
        ]);

        Assert.Equal(
            "epoch,train_loss,validation_loss,learning_rate,gradient_norm,seconds\n" +
            "1,0.1,0.30000000000000004,0.001,2,0.5\n" +
            "2,1E-07,,1E-05,Infinity,12\n",
            csv);
    }

    [Fact]
    public void Deserialize_WhatWasWritten_GivesTheSameNumbers() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Double.Array[5]).Array[0, 10].Sample(rows =>
        {
            EpochResult[] history = [.. rows.Select(row => Epoch(row.Item1, row.Item2))];
            Assert.Equal(history, HistoryCsv.Deserialize(HistoryCsv.Serialize(history), "history.csv"));
        });

    [Fact]
    public void Deserialize_WindowsLineEndings_ReadsTheSame() =>
        Assert.Equal(
            [new EpochResult(1, 2, 3, 4, 5, 6)],
            HistoryCsv.Deserialize(HistoryCsv.Header + "\r\n1,2,3,4,5,6\r\n", "history.csv"));

    [Theory]
    [InlineData("", "history.csv, line 1: the header")]
    [InlineData(HistoryCsv.Header + "\n1,2,3\n", "history.csv, line 2: 3 cells")]
    [InlineData(HistoryCsv.Header + "\n1,2,3,4,5,6\nx,2,3,4,5,6", "history.csv, line 3: 'x'")]
    [InlineData(HistoryCsv.Header + "\n1,2,3,four,5,6\n", "history.csv, line 2: 'four'")]
    public void Deserialize_DamagedFile_SaysWhere(string csv, string expected)
    {
        var error = Assert.Throws<LstmTorchException>(() => HistoryCsv.Deserialize(csv, "history.csv"));
        Assert.Equal(ErrorKind.Damaged, error.Kind);
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    private static EpochResult Epoch(int epoch, double[] numbers) =>
        new(epoch, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
}
