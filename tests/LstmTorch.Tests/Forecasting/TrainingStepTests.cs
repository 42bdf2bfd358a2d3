using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class TrainingStepTests : IDisposable
{
    private readonly LstmForecaster _model;
    private readonly TrainingState _state;

    public TrainingStepTests()
    {
        manual_seed(Seeds.Torch);
        _model = new LstmForecaster(new ForecasterConfig
        {
            Inputs = ["a"],
            Targets = ["a"],
            HiddenSizes = [4],
            InputScalers = [ColumnScaler.Identity],
            TargetScalers = [ColumnScaler.Identity],
        });
        _state = new TrainingState(_model);
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void Run_SameRandomness_TakesTheSameStep()
    {
        using var scope = NewDisposeScope();
        Tensor context = rand(8, 5, 1), future = rand(8, 1, 1), start = _state.Parameters.Values.clone();
        var step = new TrainingStep(_state, new TrainingOptions());
        StepResult First(long randomness)
        {
            using var noGradient = no_grad();
            _state.Parameters.Values.copy_(start);
            using (enable_grad())
                return step.Run(new TrainingBatch(context, future), 0, randomness);
        }

        Assert.Equal(First(5), First(5));
        Assert.NotEqual(First(5).Loss, First(6).Loss);
    }

    [Fact]
    public void Run_LargeGradient_IsClippedAndReportedAsItWas()
    {
        using var scope = NewDisposeScope();
        Tensor context = rand(8, 5, 1), future = full([8, 1, 1], 1000f);
        StepResult result = new TrainingStep(_state, new TrainingOptions { ClipNorm = 0.5 }).Run(new TrainingBatch(context, future), 1e-3, 1);

        Assert.True(result.GradientNorm > 100);
        Assert.Equal(0.5, _state.Parameters.Gradients.norm().item<float>(), 1e-5);
        Assert.Null(result.NotFinite);
    }

    [Fact]
    public void Run_TargetThatIsNaN_TakesNoStepAndNamesIt()
    {
        using var scope = NewDisposeScope();
        Tensor before = _state.Parameters.Values.clone(), context = rand(8, 5, 1), future = full([8, 1, 1], float.NaN);
        StepResult result = new TrainingStep(_state, new TrainingOptions()).Run(new TrainingBatch(context, future), 1e-3, 1);

        Assert.Equal("the loss is NaN, and the actual value is not finite", result.NotFinite);
        Assert.True(before.eq(_state.Parameters.Values).all().item<bool>());
        Assert.Equal(0, _state.Optimizer.Steps);
        Assert.Equal(0, _state.Optimizer.Mean.abs().max().item<float>());
    }
}
