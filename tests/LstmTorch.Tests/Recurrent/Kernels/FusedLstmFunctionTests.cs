using System.Runtime.InteropServices;
using LstmTorch.Forecasting;
using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime.Model;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Kernels;

/// <summary>Every fused kernel under autograd, against the reference kernel under autograd.</summary>
public sealed class FusedLstmFunctionTests
{
    // float32 sums of some dozen terms in two orders, over a few steps.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Fused => FusedKernels.Names;

    public static TheoryData<string, bool, bool, bool> FusedAndOutputs()
    {
        var data = new TheoryData<string, bool, bool, bool>();
        foreach (string fused in FusedKernels.Names)
        {
            data.Add(fused, true, false, false);
            data.Add(fused, false, true, false);
            data.Add(fused, false, false, true);
            data.Add(fused, true, true, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(FusedAndOutputs))]
    public void Backward_OfSomeOutputs_GivesTheGradientsOfTheReference(string fused, bool ofOutput, bool ofHidden, bool ofCell)
    {
        using var scope = NewDisposeScope();
        Tensor[] Gradients(string kernel)
        {
            var (cell, leaves, x, initial) = Case(kernel);
            var (y, last) = Kernel(kernel).Forward(cell, x, initial);
            Tensor loss = zeros(1, device: y.device);
            if (ofOutput)
                loss += (y * Ramp(y)).sum();
            if (ofHidden)
                loss += (last.Hidden * Ramp(last.Hidden)).sum();
            if (ofCell)
                loss += (last.Cell * Ramp(last.Cell)).sum();
            loss.backward();
            return [.. leaves.Select(leaf => leaf.grad!)];
        }

        Close(Gradients("reference"), Gradients(fused));
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_AfterTwoForwardPasses_IsRightForBoth(string fused)
    {
        using var scope = NewDisposeScope();
        Tensor[] Gradients(string kernel)
        {
            var (cell, leaves, x, initial) = Case(kernel);
            Tensor first = Kernel(kernel).Forward(cell, x, initial).Output, second = Kernel(kernel).Forward(cell, x * 0.5, initial).Output;
            (first * Ramp(first)).sum().backward();
            (second * second).sum().backward();
            return [.. leaves.Select(leaf => leaf.grad!)];
        }

        Close(Gradients("reference"), Gradients(fused));
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_TwiceOverARetainedGraph_DoublesTheGradients(string fused)
    {
        using var scope = NewDisposeScope();
        var (cell, leaves, x, initial) = Case(fused);
        Tensor loss = Kernel(fused).Forward(cell, x, initial).Output.square().sum();
        loss.backward(retain_graph: true);
        Tensor[] once = [.. leaves.Select(leaf => leaf.grad!.clone())];
        loss.backward();

        for (int n = 0; n < once.Length; n++)
            Assert.Equal(0, (leaves[n].grad! - (once[n] * 2)).abs().max().item<float>());
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_GradientThatIsExpandedOrStrided_IsReadRight(string fused)
    {
        using var scope = NewDisposeScope();
        Tensor[] Gradients(string kernel)
        {
            var (cell, leaves, x, initial) = Case(kernel);
            Tensor y = Kernel(kernel).Forward(cell, x, initial).Output;

            // sum expands one number over all of y; the transposed factor arrives with strides of its own.
            (y.sum() + (y.transpose(0, 2) * Ramp(y.transpose(0, 2))).sum()).backward();
            return [.. leaves.Select(leaf => leaf.grad!)];
        }

        Close(Gradients("reference"), Gradients(fused));
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_FrozenWeightsAndInput_LeavesThemWithoutGradient(string fused)
    {
        using var scope = NewDisposeScope();
        var (cell, _, x, _) = Case(fused);
        cell.weight_hh.requires_grad_(false);
        x.requires_grad_(false);
        var (output, _) = Kernel(fused).Forward(cell, x, LstmState.Zeros(x.shape[1], cell.HiddenSize, ScalarType.Float32, x.device));
        output.sum().backward();

        Assert.Null(cell.weight_hh.grad);
        Assert.Null(x.grad);
        Assert.NotNull(cell.weight_ih.grad);
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_OfAGradient_IsThatOfTheReference(string fused)
    {
        using var scope = NewDisposeScope();
        Tensor Second(string kernel)
        {
            var (cell, _, x, initial) = Case(kernel);
            Tensor loss = Kernel(kernel).Forward(cell, x, initial).Output.square().sum();
            Tensor dx = autograd.grad([loss], [x], retain_graph: true, create_graph: true)[0];
            return autograd.grad([dx.square().sum()], [x])[0];
        }

        Close([Second("reference")], [Second(fused)]);
    }

    public static TheoryData<string, PeepholeKind, PeepholeConnections, bool> FusedAndPeepholes()
    {
        var data = new TheoryData<string, PeepholeKind, PeepholeConnections, bool>();
        foreach (string fused in FusedKernels.Names)
        {
            foreach (bool flat in new[] { false, true })
            {
                data.Add(fused, PeepholeKind.None, PeepholeConnections.None, flat);
                data.Add(fused, PeepholeKind.Diagonal, PeepholeConnections.All, flat);
                data.Add(fused, PeepholeKind.Diagonal, PeepholeConnections.Forget | PeepholeConnections.Output, flat);
                data.Add(fused, PeepholeKind.Full, PeepholeConnections.All, flat);
                data.Add(fused, PeepholeKind.Full, PeepholeConnections.Input | PeepholeConnections.Candidate, flat);
                data.Add(fused, PeepholeKind.Full, PeepholeConnections.Output, flat);
            }
        }

        return data;
    }

    /// <summary>The first pass finds no gradients, or zeros that lie side by side; the second adds to those of the first.</summary>
    [Theory]
    [MemberData(nameof(FusedAndPeepholes))]
    public void Backward_ThatAccumulates_AddsTheGradientsOfTheReference(string fused, PeepholeKind kind, PeepholeConnections connections, bool flat)
    {
        using var scope = NewDisposeScope();
        Tensor[] Gradients(string kernel)
        {
            var (cell, leaves, x, initial) = Case(kernel, new Peephole(kind, connections));
            cell.AccumulatesGradients = kernel == fused;
            using FlatParameters? parameters = flat ? new FlatParameters(cell) : null;
            Tensor first = Kernel(kernel).Forward(cell, x, initial).Output;
            (first * Ramp(first)).sum().backward();
            Kernel(kernel).Forward(cell, x * 0.5, initial).Output.square().sum().backward();
            return [.. leaves.Select(leaf => leaf.grad!.clone())];
        }

        Close(Gradients("reference"), Gradients(fused));
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_ThatAccumulates_LeavesFrozenWeightsAlone(string fused)
    {
        using var scope = NewDisposeScope();
        var (cell, _, x, initial) = Case(fused);
        cell.AccumulatesGradients = true;
        cell.weight_hh.requires_grad_(false);
        cell.weight_cf!.requires_grad_(false);
        Kernel(fused).Forward(cell, x, initial).Output.sum().backward();

        Assert.Null(cell.weight_hh.grad);
        Assert.Null(cell.weight_cf.grad);
        Assert.NotNull(cell.weight_ci!.grad);
        Assert.NotNull(x.grad);
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_ThatAccumulatesBehindDropout_ReachesTheWeightItself(string fused)
    {
        using var scope = NewDisposeScope();
        Tensor[] Gradients(string kernel)
        {
            var (cell, leaves, x, initial) = Case(kernel);
            cell.AccumulatesGradients = kernel == fused;
            cell.Recurrent = cell.weight_hh * 0.5;
            Kernel(kernel).Forward(cell, x, initial).Output.square().sum().backward();
            return [.. leaves.Select(leaf => leaf.grad!)];
        }

        Close(Gradients("reference"), Gradients(fused));
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void SecondDerivative_WhereGradientsAccumulate_IsRefused(string fused)
    {
        using var scope = NewDisposeScope();
        var (cell, _, x, initial) = Case(fused);
        cell.AccumulatesGradients = true;
        Tensor loss = Kernel(fused).Forward(cell, x, initial).Output.square().sum();
        autograd.grad([loss], [x], retain_graph: true, create_graph: true, allow_unused: true);

        var error = Assert.Throws<InvalidOperationException>(FusedLstmFunction.ThrowPending);
        Assert.Contains(nameof(PeepholeLstmCell.AccumulatesGradients), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_FiftySteps_FollowsTheCurveOfTheReference()
    {
        double[] Losses(string kernel)
        {
            manual_seed(Seeds.Torch);
            var config = new ForecasterConfig
            {
                Inputs = ["a", "b"],
                Targets = ["a"],
                HiddenSizes = [50, 50, 50],
                Dropout = 0,
                InputScalers = [ColumnScaler.Identity, ColumnScaler.Identity],
                TargetScalers = [ColumnScaler.Identity],
            };
            using var scope = NewDisposeScope();
            using var model = new LstmForecaster(config);
            model.Lstm.Kernel = kernel;
            using var state = new TrainingState(model);
            var step = new TrainingStep(state, new TrainingOptions());
            Tensor context = rand(16, 12, 2), future = context.narrow(1, -1, 1).narrow(2, 0, 1).clone();
            return [.. Enumerable.Range(0, 50).Select(n => step.Run(new TrainingBatch(context, future), 1e-3, n).Loss)];
        }

        foreach (var (expected, actual) in Losses("reference").Zip(Losses("cpu")))
            Assert.Equal(expected, actual, 1e-4 * expected);
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void Forward_WithoutAnInitialState_IsThatOfZeros(string fused)
    {
        using var scope = NewDisposeScope();
        Tensor[] Results(string kernel, bool given)
        {
            var (cell, leaves, x, _) = Case(kernel);
            LstmState? initial = given ? LstmState.Zeros(x.shape[1], cell.HiddenSize, ScalarType.Float32, x.device) : null;
            var (y, last) = Kernel(kernel).Forward(cell, x, initial);
            Tensor dx = autograd.grad([(y * Ramp(y)).sum()], [x], retain_graph: true, create_graph: true)[0];
            (y.square().sum() + last.Cell.sum() + dx.square().sum()).backward();
            return [y.detach(), last.Hidden.detach(), last.Cell.detach(), .. leaves.Where(leaf => leaf.grad is not null).Select(leaf => leaf.grad!)];
        }

        Close(Results("reference", given: true), Results(fused, given: false));
    }

    public static TheoryData<string, bool> FusedAndWhetherGradientsAccumulate()
    {
        var data = new TheoryData<string, bool>();
        foreach (string fused in FusedKernels.Names)
        {
            data.Add(fused, false);
            data.Add(fused, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(FusedAndWhetherGradientsAccumulate))]
    public void Graphs_ThatAreDroppedOrUsed_ReturnTheirMemory(string fused, bool accumulates)
    {
        var (cell, _, x, initial) = Case(fused);
        cell.AccumulatesGradients = accumulates;
        void Step(bool backward)
        {
            using var scope = NewDisposeScope();
            var (y, last) = Kernel(fused).Forward(cell, x, initial);
            if (backward)
                (y.sum() + last.Cell.sum()).backward();
        }

        Step(backward: true);
        Step(backward: false);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        for (int n = 0; n < 100; n++)
            Step(backward: n % 2 == 0);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [MemberData(nameof(FusedAndWhetherGradientsAccumulate))]
    public void Backward_AfterAWeightHasChanged_IsRefused(string fused, bool accumulates)
    {
        using var scope = NewDisposeScope();
        var (cell, _, x, initial) = Case(fused);
        cell.AccumulatesGradients = accumulates;
        Tensor loss = Kernel(fused).Forward(cell, x, initial).Output.square().sum();
        using (no_grad())
            cell.weight_hh.mul_(2);
        loss.backward();

        Assert.Null(cell.weight_ih.grad);
        Assert.Contains("modified by an inplace operation", Assert.Throws<ExternalException>(FusedLstmFunction.ThrowPending).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpu", false)]
    [InlineData("cpu", true)]
    public void Backward_OfSeveralThreadsAtOnce_AddsUpAll(string fused, bool accumulates)
    {
        const int threads = 4, rounds = 100;
        using var scope = NewDisposeScope();
        var (cell, leaves, x, initial) = Case(fused);
        cell.AccumulatesGradients = accumulates;
        void Pass()
        {
            using var own = NewDisposeScope();
            Kernel(fused).Forward(cell, x, initial).Output.square().sum().backward();
        }

        Pass();
        Tensor[] expected = [.. leaves.Select(leaf => leaf.grad!.cpu() * threads)];
        for (int round = 0; round < rounds; round++)
        {
            foreach (Tensor leaf in leaves)
                leaf.grad = null;
            Thread[] running = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Pass))];
            Array.ForEach(running, thread => thread.Start());
            Array.ForEach(running, thread => thread.Join());
            Close(expected, [.. leaves.Select(leaf => leaf.grad!)]);
        }
    }

    /// <summary>c_1 does not depend on the output gate's peephole, so that autograd has no gradient of it to give.</summary>
    [Theory]
    [MemberData(nameof(Fused))]
    public void Backward_OfAGradientThatSomeWeightsHaveNoPartIn_IsThatOfTheReference(string fused)
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(string kernel)
        {
            var (cell, _, x, _) = Case(kernel);
            Tensor cellState = Kernel(kernel).Forward(cell, x.narrow(0, 0, 1), null).Last.Cell;
            return autograd.grad([cellState.square().sum()], [x], create_graph: true)[0];
        }

        Close([Gradient("reference")], [Gradient(fused)]);
        FusedLstmFunction.ThrowPending();
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void SecondDerivative_ThatFails_LeavesTheCellItsWeights(string fused)
    {
        using var scope = NewDisposeScope();
        var (cell, _, x, initial) = Case(fused);
        Tensor loss = Kernel(fused).Forward(cell, x, initial).Output.sum();
        Parameter inputWeights = cell.weight_ih;
        cell.weight_ih = new Parameter(zeros(1, device: x.device));
        autograd.grad([loss], [x], create_graph: true, allow_unused: true);
        cell.weight_ih = inputWeights;

        Assert.Throws<ExternalException>(FusedLstmFunction.ThrowPending);
        Assert.Same(cell.weight_hh, cell.Recurrent);
    }

    private static ILstmKernel Kernel(string name) => FusedKernels.Of(name);

    /// <summary>The same cell and inputs for every kernel; x is [T, B, D].</summary>
    private static (PeepholeLstmCell Cell, Tensor[] Leaves, Tensor X, LstmState Initial) Case(string kernel, Peephole? peephole = null)
    {
        Assert.NotNull(Kernel(kernel));
        manual_seed(Seeds.Torch);
        Device device = FusedKernels.DeviceOf(kernel);
        var cell = new PeepholeLstmCell(3, 19, peephole ?? Peephole.Full);
        cell.to(device);
        Tensor Leaf(params long[] shape) => randn(shape).to(device).requires_grad_();
        Tensor x = Leaf(6, 5, 3), h0 = Leaf(5, 19), c0 = Leaf(5, 19);
        return (cell, [x, h0, c0, .. cell.named_parameters().Select(entry => (Tensor)entry.parameter)], x, new LstmState(h0, c0));
    }

    /// <summary>Factors that differ everywhere, so that no two gradients can be confused.</summary>
    private static Tensor Ramp(Tensor like) => linspace(-1, 1, like.numel(), device: like.device).view(like.shape);

    private static void Close(Tensor[] expected, Tensor[] actual)
    {
        for (int n = 0; n < expected.Length; n++)
        {
            double error = ((expected[n] - actual[n].cpu()).abs() / expected[n].abs().maximum(ones_like(expected[n]))).max().item<float>();
            Assert.True(error <= Tolerance, $"gradient {n}: error {error}");
        }
    }
}
