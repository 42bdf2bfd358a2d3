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
