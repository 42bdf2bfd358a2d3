using LstmTorch.Recurrent;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent;

public sealed class CounterDropoutTests
{
    private const long Key = 0x1234_5678_9ABC;

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void Multiply_Ones_DropsTheShareAndScalesTheRest(double probability)
    {
        const int count = 1_000_000;
        float[] mask = Mask(count, probability, Key);
        float scale = (float)(1 / (1 - probability));
        int dropped = mask.Count(value => value == 0);

        Assert.All(mask.Distinct(), value => Assert.True(value == 0 || value == scale));

        // Four standard deviations of a binomial count.
        Assert.InRange(dropped, (count * probability) - (4 * Deviation(count, probability)), (count * probability) + (4 * Deviation(count, probability)));
    }

    [Fact]
    public void Multiply_TwoMasks_AgreeAsOftenAsChance()
    {
        const int count = 1_000_000;
        const double probability = 0.3, chance = (probability * probability) + ((1 - probability) * (1 - probability));
        float[] mask = Mask(count, probability, Key);
        Assert.Equal(mask, Mask(count, probability, Key));
        foreach (long other in new[] { Key + 1, Key ^ (1L << 40), -Key, 0 })
            AssertAgreement(mask, Mask(count, probability, other));

        // Each element and its neighbours.
        for (int distance = 1; distance <= 17; distance++)
            AssertAgreement(mask[..^distance], mask[distance..]);

        static void AssertAgreement(float[] one, float[] other)
        {
            double share = one.Zip(other, (a, b) => a == b ? 1.0 : 0).Average();
            Assert.Equal(chance, share, 5 * Math.Sqrt(chance * (1 - chance) / count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(13)]
    public void Multiply_ShorterTensor_HasTheSameElements(int count) => Assert.Equal(Mask(1000, 0.5, Key)[..count], Mask(count, 0.5, Key));

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Apply_GradientsOfEveryOrder_CarryTheSameMask(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor x = (rand(4, 30, dtype: type) + 1).requires_grad_();
        Tensor y = CounterDropout.Apply(x, 0.5, Key), mask = (y / x).detach();
        Tensor first = autograd.grad([(y * y * y).sum()], [x], retain_graph: true, create_graph: true)[0];
        Tensor second = autograd.grad([first.sum()], [x])[0];

        // d/dx (mx)³ = 3m³x², and its derivative 6m³x, to the rounding of the type.
        double tolerance = type == ScalarType.Float32 ? 1e-4 : 1e-12;
        Assert.True((first - (3 * mask.pow(3) * x.square())).abs().max().to(ScalarType.Float64).item<double>() < tolerance);
        Assert.True((second - (6 * mask.pow(3) * x)).abs().max().to(ScalarType.Float64).item<double>() < tolerance);
        Assert.Equal(Mask(120, 0.5, Key), mask.to(ScalarType.Float32).reshape(-1).round().data<float>().ToArray());
    }

    [Fact]
    public void Apply_TransposedInput_MasksByPosition()
    {
        using var scope = NewDisposeScope();
        Tensor x = rand(30, 40), expected = CounterDropout.Apply(x.t().contiguous(), 0.5, Key), actual = CounterDropout.Apply(x.t(), 0.5, Key);
        Assert.True(expected.eq(actual).all().item<bool>());
    }

    [Fact]
    public void Apply_SameOverTime_GivesEveryStepTheMaskOfTheFirst()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(7, 3, 5, requires_grad: true), y = CounterDropout.Apply(x, 0.5, Key, sameOverTime: true);
        Tensor gradient = autograd.grad([y.sum()], [x])[0];

        float[] mask = Mask(15, 0.5, Key);
        Assert.Equal(Enumerable.Repeat(mask, 7).SelectMany(step => step), y.reshape(-1).data<float>().ToArray());
        Assert.Equal(y.reshape(-1).data<float>().ToArray(), gradient.reshape(-1).data<float>().ToArray());
        Assert.NotEqual(mask[..5], mask[5..10]);
    }

    [Fact]
    public void NewKey_AfterTheSameSeed_IsTheSame()
    {
        manual_seed(Seeds.Torch);
        long first = CounterDropout.NewKey(), second = CounterDropout.NewKey();
        manual_seed(Seeds.Torch);
        Assert.Equal(first, CounterDropout.NewKey());
        Assert.NotEqual(first, second);
    }

    private static float[] Mask(int count, double probability, long key)
    {
        float[] ones = new float[count], mask = new float[count];
        Array.Fill(ones, 1f);
        CounterDropout.Multiply(ones, mask, probability, key);
        return mask;
    }

    private static double Deviation(int count, double probability) => Math.Sqrt(count * probability * (1 - probability));
}
