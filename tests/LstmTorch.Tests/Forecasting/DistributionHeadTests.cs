using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class DistributionHeadTests
{
    private static readonly OutputDistribution[] s_distributions = [OutputDistribution.Quantiles, OutputDistribution.Gaussian, OutputDistribution.StudentT];

    public static TheoryData<OutputDistribution> Distributions => [.. s_distributions];

    // By hand: the value is 3; the quantiles 0.1, 0.5, 0.9 are 1, 2, 5. Errors 2, 1, -2.
    [Fact]
    public void Loss_OfQuantiles_IsTheMeanPinballLoss()
    {
        using var scope = NewDisposeScope();
        Assert.Equal((0.2 + 0.5 + 0.2) / 3, Loss(OutputDistribution.Quantiles, 3, 1, 2, 5), 1e-12);
        using LstmForecaster model = Model(OutputDistribution.Quantiles);
        Tensor weighted = model.Distribution!.Loss(Numbers(1, 2, 5).view(1, 1, 1, 3), Numbers(3).view(1, 1, 1), Numbers(10).view(1, 1, 1));
        Assert.Equal(3.0, weighted.item<double>(), 1e-12);
    }

    // By -ln of the densities in 30 digits: the values 1.5 and -4 for the locations 0.5 and scales 2 and 0.25.
    [Theory]
    [InlineData(OutputDistribution.Gaussian, 1.5, 2, 1.73708571376462)]
    [InlineData(OutputDistribution.Gaussian, -4, 0.25, 161.532644172085)]
    [InlineData(OutputDistribution.StudentT, 1.5, 2, 1.80813726212297)]
    public void Loss_OfADistribution_IsItsNegativeLogLikelihood(OutputDistribution distribution, double actual, double scale, double expected) =>
        Assert.Equal(expected, Loss(distribution, actual, 0.5, scale), 1e-11);

    /// <summary>ν = 3, whose tails make a miss of 18 scales cost 9 and not 161.</summary>
    [Fact]
    public void Loss_OfStudentT_SeesItsDegreesOfFreedom()
    {
        using LstmForecaster model = Model(OutputDistribution.StudentT, freedom: 3);
        using Tensor loss = model.Distribution!.Loss(Numbers(0.5, 0.25).view(1, 1, 1, 2), Numbers(-4).view(1, 1, 1), null);
        Assert.Equal(8.99729025296191, loss.item<double>(), 1e-11);
    }

    /// <summary>Finite differences in float64 of the whole way from the weights to the loss.</summary>
    [Theory]
    [MemberData(nameof(Distributions))]
    public void Gradient_OfEveryParameter_IsThatOfFiniteDifferences(OutputDistribution distribution)
    {
        const double step = 1e-6;
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using LstmForecaster model = Model(distribution, horizon: 2);
        model.eval();
        Tensor window = rand(3, 4, 1, dtype: ScalarType.Float64), future = rand(3, 2, 1, dtype: ScalarType.Float64);
        Tensor Mean() => ForecastLosses.Of(ForecastLoss.Mse, model, model.call(window), new TrainingBatch(window, future), nn.Reduction.Mean);
        Mean().backward();
        foreach (var (name, parameter) in model.named_parameters())
        {
            double actual = parameter.grad!.view(-1)[0].item<double>(), above = MeanWith(parameter, step), below = MeanWith(parameter, -step);

            // The error of central differences is of the order of step², that of their division of 1e-16 / step.
            Assert.True(Math.Abs(((above - below) / (2 * step)) - actual) < 1e-8, $"{name}: {actual}, but {(above - below) / (2 * step)}");
        }

        double MeanWith(Tensor parameter, double by)
        {
            using var noGradient = no_grad();
            Tensor first = parameter.view(-1)[0];
            first.add_(by);
            double mean = Mean().item<double>();
            first.sub_(by);
            return mean;
        }
    }

    /// <summary>The gradient with respect to ν alone, in float32 as in training: the two gamma functions are computed in float64.</summary>
    [Fact]
    public void Gradient_OfManyDegreesOfFreedom_KeepsItsDigits()
    {
        using var scope = NewDisposeScope();
        float[] gradients = [.. new[] { ScalarType.Float32, ScalarType.Float64 }.Select(type =>
        {
            using LstmForecaster model = Model(OutputDistribution.StudentT, freedom: 300, type: type);
            model.Distribution!.Loss(Numbers(0, 1).view(1, 1, 1, 2).to(type), Numbers(1).view(1, 1, 1).to(type), null).sum().backward();
            return model.named_parameters().Single(entry => entry.name == ModelTensors.Freedom).parameter.grad!.to(ScalarType.Float32).item<float>();
        })];
        Assert.InRange(gradients[0] / gradients[1], 0.99, 1.01);
    }

    /// <summary>Where they are sorted: 5, 1, 2 have been learned for 0.1, 0.5, 0.9.</summary>
    [Fact]
    public void Quantiles_ThatCross_AreSorted()
    {
        using LstmForecaster model = Model(OutputDistribution.Quantiles);
        using Tensor quantiles = model.Distribution!.Quantiles(Numbers(5, 1, 2).view(1, 1, 1, 3));
        Assert.Equal([1.0, 2, 5], quantiles.data<double>().ToArray());
    }

    // The tables' quantile 0.9: 1.28155 of the normal distribution, 1.47588 of Student's t with ν = 5.
    [Theory]
    [InlineData(OutputDistribution.Gaussian, 1.2815515655446)]
    [InlineData(OutputDistribution.StudentT, 1.475884048824481)]
    public void Quantiles_OfADistribution_AreLocationAndScaleTimesThoseOfTables(OutputDistribution distribution, double factor)
    {
        using LstmForecaster model = Model(distribution);
        using Tensor quantiles = model.Distribution!.Quantiles(Numbers(10, 2).view(1, 1, 1, 2));
        Assert.All(
            new[] { 10 - (2 * factor), 10, 10 + (2 * factor) }.Zip(quantiles.data<double>().ToArray()),

            // ν is a parameter, and read as float32.
            pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    private static Tensor Numbers(params double[] numbers) => tensor(numbers);

    private static double Loss(OutputDistribution distribution, double actual, params double[] outputs)
    {
        using LstmForecaster model = Model(distribution);
        using Tensor loss = model.Distribution!.Loss(Numbers(outputs).view(1, 1, 1, -1), Numbers(actual).view(1, 1, 1), null);
        return loss.item<double>();
    }

    private static LstmForecaster Model(OutputDistribution distribution, double freedom = 5, int horizon = 1, ScalarType type = ScalarType.Float64)
    {
        var model = new LstmForecaster(
            new ForecasterConfig
            {
                Inputs = ["y"],
                Targets = ["y"],
                ContextLength = 4,
                Horizon = horizon,
                HiddenSizes = [3],
                Dropout = 0,
                Normalize = WindowNormalization.Revin,
                Highway = true,
                Distribution = distribution,
                Quantiles = [0.1, 0.5, 0.9],
                InputScalers = [ColumnScaler.Identity],
                TargetScalers = [ColumnScaler.Identity],
            },
            type);
        using var noGradient = no_grad();
        if (model.state_dict().TryGetValue(ModelTensors.Freedom, out Tensor? parameter))
            parameter.fill_(Math.Log(freedom - 2));
        return model;
    }
}
