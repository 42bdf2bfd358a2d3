using System.Runtime.InteropServices;
using LstmTorch.Recurrent;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent;

public sealed class GraphNodeTests
{
    /// <summary>y = a · b and z = a + b, where b is no part of the graph unless it requires a gradient.</summary>
    [Fact]
    public void Backward_OfSomeOutputs_GivesTheGradientsOfAutogradsOwn()
    {
        foreach (bool ofProduct in new[] { true, false })
        {
            foreach (bool needsB in new[] { true, false })
            {
                using var scope = NewDisposeScope();
                Tensor a = tensor(new[] { 2f, 3, 5 }, requires_grad: true), b = tensor(new[] { 7f, 11, 13 }, requires_grad: needsB);
                Tensor[] outputs = Record(new ProductAndSum(), a, b);
                outputs[ofProduct ? 0 : 1].backward([tensor(new[] { 1f, 10, 100 })]);

                Assert.Equal(ofProduct ? [7, 110, 1300] : [1, 10, 100], a.grad!.data<float>().ToArray());
                if (needsB)
                    Assert.Equal(ofProduct ? [2, 30, 500] : [1, 10, 100], b.grad!.data<float>().ToArray());
                else
                    Assert.Null(b.grad);
            }
        }
    }

    [Fact]
    public void Backward_OfAGradient_ComesFromTheDerivativesOwnGraph()
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(new[] { 2f, 3 }, requires_grad: true), b = tensor(new[] { 5f, 7 }, requires_grad: true);
        Tensor da = autograd.grad([Record(new ProductAndSum(), a, b)[0].sum()], [a], create_graph: true)[0];
        Assert.Equal([2, 2], autograd.grad([da.square().sum()], [b])[0].div(b).data<float>().ToArray());
    }

    [Fact]
    public void Backward_TwiceOverARetainedGraph_IsTheSame()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(4, requires_grad: true), b = arange(4, dtype: ScalarType.Float32);
        Tensor loss = Record(new ProductAndSum(), a, b)[0].sum();
        loss.backward(retain_graph: true);
        loss.backward();
        Assert.Equal([0, 2, 4, 6], a.grad!.data<float>().ToArray());
    }

    /// <summary>A node that has been let go serves another step while a third still waits for its backward pass.</summary>
    [Fact]
    public void Record_WhileOtherNodesLive_KeepsThemApart()
    {
        using var scope = NewDisposeScope();
        Tensor b = ones(1), first = tensor(new[] { 2f }, requires_grad: true);
        Tensor waiting = Record(new ProductAndSum(), first, b * 10)[0];
        for (int n = 1; n <= 5; n++)
        {
            using var inner = NewDisposeScope();
            Tensor a = ones(1, requires_grad: true);
            Tensor chain = Record(new ProductAndSum(), Record(new ProductAndSum(), a, b * n)[0], b * 2)[0];
            chain.backward();
            Assert.Equal(2 * n, a.grad!.item<float>());
        }

        waiting.backward();
        Assert.Equal(10, first.grad!.item<float>());
    }

    [Fact]
    public async Task Record_OnSeveralThreads_KeepsThemApart()
    {
        manual_seed(Seeds.Torch);
        await Parallel.ForEachAsync(Enumerable.Range(1, 200), TestContext.Current.CancellationToken, (n, _) =>
        {
            using var scope = NewDisposeScope();
            Tensor a = ones(1, requires_grad: true);
            Record(new ProductAndSum(), a, full(1, n))[0].backward();
            Assert.Equal(n, a.grad!.item<float>());
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void Backward_ThatThrows_GivesNoGradientAndThrowsLater()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(1, requires_grad: true);
        Record(new Refusal("refused"), a, ones(1))[0].backward();
        Assert.Null(a.grad);
        Assert.Equal("refused", Assert.Throws<InvalidOperationException>(GraphNode.ThrowPending).Message);
        GraphNode.ThrowPending();
    }

    /// <summary>The step above fails for a reason of its own, the one below for want of a gradient.</summary>
    [Fact]
    public void Backward_WhereOneFailureFollowsFromAnother_ThrowsTheFirst()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(1, requires_grad: true);
        Record(new Refusal("above"), Record(new Refusal("below"), a, ones(1))[0], ones(1))[0].backward();
        Assert.Equal("above", Assert.Throws<InvalidOperationException>(GraphNode.ThrowPending).Message);
    }

    /// <summary>Each step keeps the one before it, and nothing else does.</summary>
    [Fact]
    public void Record_OfAGraphThatIsDeep_IsLetGoOnASmallStack()
    {
        const int steps = 5000, stackBytes = 256 << 10;
        Assert.Equal(0, TensorsLeftBy(() =>
        {
            var thread = new Thread(
                () =>
                {
                    using var scope = NewDisposeScope();
                    Tensor y = ones(1, requires_grad: true), b = ones(1);
                    for (int n = 0; n < steps; n++)
                    {
                        using var inner = NewDisposeScope();
                        y = Record(new ProductAndSum(), y, b)[0].MoveToOuterDisposeScope();
                    }
                },
                stackBytes);
            thread.Start();
            thread.Join();
        }));
    }

    [Fact]
    public void Backward_AfterASavedTensorHasChanged_IsRefused()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(1, requires_grad: true), b = ones(1);
        Tensor y = Record(new ProductAndSum(), a, b)[0];
        b.add_(1);
        y.backward();
        Assert.Contains("modified by an inplace operation", Assert.Throws<ExternalException>(GraphNode.ThrowPending).Message, StringComparison.Ordinal);
    }

    /// <summary>As on autograd's own thread for a CUDA device, where no dispose scope tidies up.</summary>
    [Fact]
    public void Backward_OutsideOfAnyScope_LeavesNoTensorBehind()
    {
        void Step()
        {
            using Tensor a = ones(1, requires_grad: true), b = ones(1);
            Tensor[] outputs = Record(new ProductAndSum(), a, b);
            outputs[0].backward();
            foreach (Tensor output in outputs)
                output.Dispose();
            a.grad!.Dispose();
        }

        Step();
        Assert.Equal(0, TensorsLeftBy(() =>
        {
            for (int n = 0; n < 50; n++)
                Step();
        }));
    }

    [Fact]
    public void Record_OfGraphsThatAreDropped_FreesWhatIsSaved()
    {
        const int bytes = 4 << 20, rounds = 100;
        using Tensor a = ones(1, requires_grad: true);
        long before = Environment.WorkingSet;
        for (int n = 0; n < rounds; n++)
        {
            using var scope = NewDisposeScope();
            Record(new ProductAndSum(), a, ones(bytes / sizeof(float)));
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, rounds * (long)bytes / 4);
    }

    [Fact]
    public void IsWanted_WithoutGradients_IsFalse()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(1, requires_grad: true), b = ones(1);
        Assert.True(GraphNode.IsWanted(null, b, a));
        Assert.False(GraphNode.IsWanted(null, b));
        using var noGradient = no_grad();
        Assert.False(GraphNode.IsWanted(a));
    }

    private static long TensorsLeftBy(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        work();
        return Tensor.TotalCount - before;
    }

    private static Tensor[] Record(IDerivative derivative, Tensor a, Tensor b)
    {
        Tensor[] outputs;
        using (no_grad())
            outputs = [a * b, a + b];
        return GraphNode.Record(derivative, [a, b], outputs, [a, null, b]);
    }

    private sealed class ProductAndSum : IDerivative
    {
        public Tensor?[] Backward(Tensor?[] saved, Tensor?[] gradients)
        {
            Assert.Null(saved[1]);
            Tensor?[] result = [gradients[0]?.mul(saved[2]!), gradients[0]?.mul(saved[0]!)];
            return gradients[1] is { } sum ? [.. result.Select(gradient => gradient?.add(sum) ?? sum.alias())] : result;
        }
    }

    private sealed class Refusal(string message) : IDerivative
    {
        public Tensor?[] Backward(Tensor?[] saved, Tensor?[] gradients) => throw new InvalidOperationException(message);
    }
}
