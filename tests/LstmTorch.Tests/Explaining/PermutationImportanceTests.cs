using LstmTorch.Data;
using LstmTorch.Explaining;
using LstmTorch.Forecasting;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Explaining;

public sealed class PermutationImportanceTests
{
    /// <summary>
    /// Forecasts of y = 14 10 22 18 and 10 22 18 after: 58 and 90 (see the attributions' test); each is 4 off the other way round, by hand.
    /// </summary>
    [Fact]
    public void Of_TwoWindows_IsTheErrorOfTheChangedPlaces()
    {
        using LstmForecaster network = LinearModel.Network();
        var options = new ExplainOptions { Repeats = 6, Seed = 3 };
        var windows = new ExplainedWindows(LinearModel.Set([1, 3, 5, 2, 9], [14, 10, 22, 18, 100]), LinearModel.Config, [new(0, 2), new(0, 3)]);
        var importance = new PermutationImportance(new PointForecaster([network], CPU), windows, options);
        double[] errors = importance.Errors();
        IReadOnlyList<InputGroup> groups = InputGroup.Of(LinearModel.Config);

        // |58 − 18| and |90 − 100|.
        Assert.Equal((40 + 10) / 2.0, errors.Single(), 1e-4);

        // With y of the other window 90 − 18 and 100 − 58: 57. Without a change of places nothing rises.
        double[] rises = [.. Enumerable.Range(0, 6).Select(repeat => new Permutation(3, repeat, 2)[0] == 1 ? 57.0 - 25 : 0)];
        Assert.Contains(0, rises);
        Assert.Contains(32, rises);
        ErrorRise ofY = importance.Of(groups[1], errors).Single();
        Assert.Equal(rises.Average(), ofY.Mean, 1e-4);
        Assert.Equal(Math.Sqrt(rises.Sum(rise => Math.Pow(rise - rises.Average(), 2)) / 5), ofY.Deviation, 1e-4);

        // Without a weight, exactly nothing.
        Assert.Equal(new ErrorRise(0, 0), importance.Of(groups[0], errors).Single());
    }

    [Fact]
    public void Errors_OfUnknownFutures_AreNotANumber()
    {
        using LstmForecaster network = LinearModel.Network();
        var windows = new ExplainedWindows(LinearModel.Set([1, 3, 5], [14, 10, 22]), LinearModel.Config, [new(0, 2)]);
        Assert.Equal(double.NaN, new PermutationImportance(new PointForecaster([network], CPU), windows, new ExplainOptions()).Errors().Single());
    }
}
