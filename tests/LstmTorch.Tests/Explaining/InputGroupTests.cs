using LstmTorch.Explaining;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Explaining;

public sealed class InputGroupTests
{
    [Fact]
    public void Of_ColumnsThatAreMadeFromOne_AreOneInput()
    {
        ForecasterConfig config = LinearModel.Config with
        {
            Inputs = ["y", "hour_sin", "day=feast", "hour_cos", "x", "day=work"],
            Calendar = [CalendarFeature.Hour],
            Categories = [new("day", ["feast", "work"])],
            FutureCovariates = ["day=work", "x", "day=feast"],
        };
        IReadOnlyList<InputGroup> groups = InputGroup.Of(config);

        Assert.Equal(["y", "hour", "day", "x"], groups.Select(group => group.Name));
        Assert.Equal([[0], [1, 3], [2, 5], [4]], groups.Select(group => group.Past));
        Assert.Equal([[], [], [2, 0], [1]], groups.Select(group => group.Ahead));
    }

    /// <summary>Two windows of two steps: the columns of a group add up before their size counts.</summary>
    [Fact]
    public void Importance_OfAGroup_IsTheSizeOfWhatItsColumnsAddTogether()
    {
        InputGroup[] groups = [new("a", [0], []), new("b", [1, 2], [0])];
        var attributions = new WindowAttributions([1, 2, -2, -3, 1, 1, 5, 0, 1, 1, -4, 0], [2, -6], [0, 0], [0, 0]);
        IReadOnlyList<InputImportance> inputs = InputImportance.Of(groups, attributions, 3, 1);

        // From the origin backwards: a is |−3| and |1|, |1| and |5|; b is 2 and 0, then |−4| and 1, and ahead |2| and |−6|.
        Assert.Equal([2, 3], inputs[0].Past);
        Assert.Equal([3, 0.5], inputs[1].Past);
        Assert.Equal([4], inputs[1].Ahead);
        Assert.Empty(inputs[0].Ahead);
        Assert.Equal([-1, 3], inputs[0].PastContribution);
        Assert.Equal([-1, 0.5], inputs[1].PastContribution);
        Assert.Equal([-2], inputs[1].AheadContribution);
        Assert.Equal((5, 5 / 12.5, 4 / 2.0), (inputs[0].Attribution, inputs[0].Share, inputs[0].Contribution));
        Assert.Equal((7.5, (2 + 1 - 4 + 2 - 6) / 2.0), (inputs[1].Attribution, inputs[1].Contribution));
    }
}
