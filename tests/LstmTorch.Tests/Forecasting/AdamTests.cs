using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class AdamTests
{
    [Fact]
    public void Step_ManyTimes_EqualsOptimAdam()
    {
        // The same float32 operations in another order; 25 steps of 1e-2 let rounding grow to a few 1e-7.
        const double tolerance = 2e-6, learningRate = 1e-2;
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using var ours = new PeepholeLstm(2, [5], Peephole.Full);
        using var theirs = new PeepholeLstm(2, [5], Peephole.Full);
        theirs.load_state_dict(ours.state_dict());
        using var flat = new FlatParameters(ours);
        using var adam = new Adam(flat);
        using var reference = optim.Adam(theirs.parameters(), learningRate);

        for (int step = 0; step < 25; step++)
        {
            Tensor x = randn(3, 4, 2), target = randn(3, 4, 5);
            flat.Gradients.zero_();
            nn.functional.mse_loss(ours.call(x, null).Output, target).backward();
            adam.Step(learningRate);
            reference.zero_grad();
            nn.functional.mse_loss(theirs.call(x, null).Output, target).backward();
            reference.step();
        }

        foreach (var (mine, other) in ours.named_parameters().Zip(theirs.named_parameters()))
            Assert.True((mine.parameter - other.parameter).abs().max().item<float>() < tolerance, mine.name);
    }

    /// <summary>The first step is the learning rate less one part in 10⁸, which is ε, for all but full peepholes, of which each has its part of it.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, 1e-7)]
    [InlineData(ScalarType.Float64, 1.1e-11)]
    public void Step_OfFullPeepholesPerUnit_IsDividedByTheUnits(ScalarType type, double tolerance)
    {
        const double learningRate = 1e-3;
        using var scope = NewDisposeScope();
        using var lstm = new PeepholeLstm(2, [5, 16], Peephole.Full, dtype: type);
        Dictionary<string, Tensor> before = lstm.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        using var flat = new FlatParameters(lstm, PeepholeSteps.PerUnit);
        using var adam = new Adam(flat);
        flat.Gradients.fill_(1);
        adam.Step(learningRate);

        foreach (var (name, parameter) in lstm.named_parameters())
        {
            bool isPeephole = name.StartsWith("weight_c", StringComparison.Ordinal);
            double expected = learningRate / (!isPeephole ? 1 : name.EndsWith("_l0", StringComparison.Ordinal) ? 5 : 16);
            Assert.InRange((before[name] - parameter - expected).abs().max().to(ScalarType.Float64).item<double>(), 0, tolerance);
        }
    }

    /// <summary>A cell alone, and a layer inside of a larger module, have the shares of their peepholes too.</summary>
    [Fact]
    public void StepShares_OfAnyModule_AreThoseOfItsCells()
    {
        using var cell = new PeepholeLstmCell(2, 4, Peephole.Full);
        using var flat = new FlatParameters(cell, PeepholeSteps.PerUnit);
        Assert.Equal(4 * 16 / 4f, flat.StepShares!.sum().item<float>() - (flat.Values.numel() - (4 * 16)));
        using var model = new LstmForecaster(new ForecasterConfig
        {
            Inputs = ["a"],
            Targets = ["a"],
            HiddenSizes = [4],
            InputScalers = [ColumnScaler.Identity],
            TargetScalers = [ColumnScaler.Identity],
        });
        using var ofModel = new FlatParameters(model, PeepholeSteps.PerUnit);
        Assert.Equal(4 * 16 / 4f, ofModel.StepShares!.sum().item<float>() - (ofModel.Values.numel() - (4 * 16)));
        using var plain = new PeepholeLstm(2, [4], Peephole.Diagonal);
        using var ofPlain = new FlatParameters(plain, PeepholeSteps.PerUnit);
        Assert.Null(ofPlain.StepShares);
    }

    /// <summary>float64 takes tensor operations, float32 the fused pass; 7 and 33 are no whole vectors.</summary>
    [Theory]
    [InlineData(7, ScalarType.Float32, 0, 1e-6)]
    [InlineData(33, ScalarType.Float32, 0, 1e-6)]
    [InlineData(33, ScalarType.Float64, 0, 1e-13)]
    [InlineData(33, ScalarType.Float32, 0.5, 1e-6)]
    [InlineData(33, ScalarType.Float64, 0.5, 1e-13)]
    public void Step_ChangingGradients_EqualsOptimAdamW(int size, ScalarType type, double weightDecay, double tolerance)
    {
        const double learningRate = 1e-3;
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using var ours = nn.Linear(size, 1, hasBias: false, dtype: type);
        using var theirs = nn.Linear(size, 1, hasBias: false, dtype: type);
        theirs.load_state_dict(ours.state_dict());
        using var flat = new FlatParameters(ours);
        using var adam = new Adam(flat);
        using var reference = optim.AdamW(theirs.parameters(), learningRate, weight_decay: weightDecay);
        for (int step = 0; step < 200; step++)
        {
            Tensor gradient = randn(1, size, dtype: type) * Math.Pow(10, (step % 7) - 3);
            flat.Gradients.copy_(gradient.view(-1));
            theirs.weight!.grad = gradient.clone();
            adam.Step(learningRate, weightDecay);
            reference.step();
        }

        // 200 steps of at most 1e-3 each, rounded once a step.
        Assert.InRange((ours.weight! - theirs.weight!).abs().max().to(ScalarType.Float64).item<double>(), 0, tolerance);
    }
}
