using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Forecasting;

public sealed class LstmForecasterTests
{
    private static ForecasterConfig Config(Peephole peephole) => new()
    {
        Inputs = ["a", "b", "c"],
        Targets = ["a", "b"],
        Horizon = 4,
        HiddenSizes = [6, 5],
        Peephole = peephole.Kind,
        Connections = peephole.Connections,
        InputScalers = [ColumnScaler.Identity, ColumnScaler.Identity, ColumnScaler.Identity],
        TargetScalers = [ColumnScaler.Identity, ColumnScaler.Identity],
    };

    public static TheoryData<PeepholeKind, PeepholeConnections> Variants() => Recurrent.Variants.Data();

    [Theory]
    [MemberData(nameof(Variants))]
    public void StateDict_OfEveryVariant_IsWhatModelFilesHold(PeepholeKind kind, PeepholeConnections connections)
    {
        ForecasterConfig config = Config(new Peephole(kind, connections));
        using var model = new LstmForecaster(config);
        Assert.Equal(
            ModelTensors.Expected(config).Select(tensor => $"{tensor.Name} {string.Join(',', tensor.Shape)}"),
            model.state_dict().Select(entry => $"{entry.Key} {string.Join(',', entry.Value.shape)}"));
    }

    /// <summary>By definition: where a window goes from its own level does not depend on the level.</summary>
    [Theory]
    [InlineData(WindowNormalization.Last)]
    [InlineData(WindowNormalization.Mean)]
    [InlineData(WindowNormalization.Revin)]
    [InlineData(WindowNormalization.Difference)]
    public void Normalize_LevelOfEveryColumn_IsGivenBackToTheForecast(WindowNormalization kind)
    {
        using var model = new LstmForecaster(Config(Peephole.Full) with { Normalize = kind }, ScalarType.Float64);
        model.eval();
        using Tensor window = rand(2, 5, 3, dtype: ScalarType.Float64), levels = tensor([10.0, -20.0, 3.0]);
        using Tensor expected = model.call(window) + levels.narrow(0, 0, 2), actual = model.call(window + levels);

        // Levels of 10 leave 15 digits.
        Assert.InRange((expected - actual).abs().max().item<double>(), 0, 1e-12);
    }

    [Fact]
    public void Normalize_Revin_GivesTheSpreadBackToo()
    {
        using var model = new LstmForecaster(Config(Peephole.Full) with { Normalize = WindowNormalization.Revin }, ScalarType.Float64);
        model.eval();

        // Spreads so large that the 1e-5 beside the variance is lost.
        using Tensor window = 1e6 * rand(2, 5, 3, dtype: ScalarType.Float64);
        using Tensor expected = model.call(window) * 7, actual = model.call(window * 7);
        Assert.InRange(((expected - actual) / expected).abs().max().item<double>(), 0, 1e-9);
    }

    [Fact]
    public void Normalize_ConstantWindow_IsFinite()
    {
        using var model = new LstmForecaster(Config(Peephole.Full) with { Normalize = WindowNormalization.Revin });
        model.eval();
        using Tensor forecast = model.call(ones(1, 5, 3));
        Assert.True(forecast.isfinite().all().item<bool>());
    }

    [Fact]
    public void PatchLength_IsASequenceOfWiderSteps()
    {
        ForecasterConfig config = Config(Peephole.Full);
        manual_seed(Seeds.Torch);
        using var patched = new LstmForecaster(config with { ContextLength = 6, PatchLength = 2 });
        using var wide = new LstmForecaster(config with
        {
            Inputs = ["a", "b", "c", "d", "e", "f"],
            InputScalers = [.. Enumerable.Repeat(ColumnScaler.Identity, 6)],
            ContextLength = 3,
        });
        wide.load_state_dict(patched.state_dict());
        patched.eval();
        wide.eval();
        using Tensor window = rand(2, 6, 3), expected = wide.call(window.reshape(2, 3, 6)), actual = patched.call(window);
        Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
    }

    /// <summary>f = level + bias + W (past − level), by hand: the layers give nothing, since their head is zero.</summary>
    [Fact]
    public void Highway_AddsALinearMapOfTheTargetsOwnPast()
    {
        using var model = new LstmForecaster(Config(Peephole.None) with
        {
            Inputs = ["b", "a"],
            InputScalers = [ColumnScaler.Identity, ColumnScaler.Identity],
            Targets = ["a", "b"],
            TargetScalers = [ColumnScaler.Identity, ColumnScaler.Identity],
            ContextLength = 3,
            Horizon = 2,
            Highway = true,
            Normalize = WindowNormalization.Last,
        });
        model.eval();
        using (no_grad())
        {
            model.state_dict()["head.weight"].zero_();
            model.state_dict()["head.bias"].copy_(tensor([0.5f, 0, 0, 0]));
            model.state_dict()["highway.weight"].copy_(tensor([1f, 10, 100, 2, 20, 200]).view(2, 3));
        }

        // b goes 1, 2, 3 and a goes 5, 4, 8: less their last values -2, -1, 0 and -3, -4, 0.
        using Tensor window = tensor([1f, 5, 2, 4, 3, 8]).view(1, 3, 2), forecast = model.call(window);
        Assert.Equal([8 - 43 + 0.5f, 3 - 12, 8 - 86, 3 - 24], forecast.data<float>().ToArray());
    }

    /// <summary>z = tanh(u0 − u1 + 0.5) and u0 are added, by hand: the head is zero, and the state gives the decoder nothing.</summary>
    [Fact]
    public void FutureCovariates_AddWhatTheirStepSays()
    {
        ForecasterConfig config = Config(Peephole.None) with { HiddenSizes = [1], Targets = ["a"], TargetScalers = [ColumnScaler.Identity], Horizon = 2, FutureCovariates = ["b", "c"] };
        using var model = new LstmForecaster(config, ScalarType.Float64);
        model.eval();
        using Tensor window = rand(1, 5, 3, dtype: ScalarType.Float64), known = tensor([1.0, 2, 3, 4]).view(1, 2, 2);
        using (no_grad())
        {
            Dictionary<string, Tensor> state = model.state_dict();
            state["head.weight"].zero_();
            state["decoder.weight"].copy_(tensor([0.0, 1, -1]).view(1, 3));
            state["decoder.bias"].fill_(0.5);
            state["covariates.weight"].copy_(tensor([10.0, 1, 0]).view(1, 3));
        }

        using Tensor forecast = model.Forecast(window, known);
        double z = Math.Tanh(-0.5);
        Assert.Equal([(10 * z) + 1, (10 * z) + 3], forecast.data<double>().ToArray());
        Assert.Throws<ArgumentException>(() => model.call(window));
        Assert.Equal(ModelTensors.Expected(config).Select(tensor => tensor.Name), model.state_dict().Keys);
    }

    [Fact]
    public void StateDict_OfTheDocumentedModel_HasItsNames()
    {
        using var model = new LstmForecaster(Config(Peephole.Full) with { HiddenSizes = [50] });
        Assert.Equal(
            ["weight_ih_l0", "weight_hh_l0", "bias_l0", "weight_ci_l0", "weight_cf_l0", "weight_cc_l0", "weight_co_l0", "head.weight", "head.bias"],
            model.state_dict().Keys);
    }

    [Fact]
    public void Forward_OfOutputs_OrdersThemByStepThenTarget()
    {
        using var scope = NewDisposeScope();
        using var model = new LstmForecaster(Config(Peephole.Full));
        model.eval();
        using (no_grad())
        {
            model.state_dict()["head.weight"].zero_();
            model.state_dict()["head.bias"].copy_(arange(8, dtype: ScalarType.Float32));
        }

        Tensor forecast = model.call(zeros(2, 7, 3));
        Assert.Equal([2L, 4, 2], forecast.shape);
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], forecast[1].reshape(-1).data<float>().ToArray());
    }

    [Fact]
    public void Forward_InTraining_DropsUnitsBeforeTheHead()
    {
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using var model = new LstmForecaster(Config(Peephole.None) with { HiddenSizes = [32], Dropout = 0.5 });
        Tensor x = randn(1, 5, 3);
        Assert.NotEqual(0, (model.call(x) - model.call(x)).abs().max().item<float>());
        model.eval();
        Assert.Equal(0, (model.call(x) - model.call(x)).abs().max().item<float>());
    }
}
