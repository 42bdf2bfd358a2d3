using LstmTorch.Recurrent;
using LstmTorch.Runtime.Model;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent;

public sealed class PeepholeLstmTests
{
    /// <summary>float32 sums in another order than libtorch's, a few steps deep.</summary>
    private const double NnLstmTolerance = 1e-6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Forward_WithoutPeepholes_EqualsNnLstmInValuesAndGradients(int layers)
    {
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        const int batch = 4, steps = 6, inputSize = 3, hiddenSize = 5;
        using var theirs = nn.LSTM(inputSize, hiddenSize, layers, batchFirst: true);
        using var ours = new PeepholeLstm(inputSize, [.. Enumerable.Repeat(hiddenSize, layers)], Peephole.None);
        Dictionary<string, Tensor> weights = theirs.state_dict();
        ours.load_state_dict(Enumerable.Range(0, layers).SelectMany(k => new (string Name, Tensor Value)[]
        {
            ($"weight_ih_l{k}", weights[$"weight_ih_l{k}"]),
            ($"weight_hh_l{k}", weights[$"weight_hh_l{k}"]),
            ($"bias_l{k}", (weights[$"bias_ih_l{k}"] + weights[$"bias_hh_l{k}"]).detach()),
        }).ToDictionary(entry => entry.Name, entry => entry.Value));

        Tensor[] inputs = [randn(batch, steps, inputSize), randn(layers, batch, hiddenSize), randn(layers, batch, hiddenSize)];
        Tensor[] ofTheirs = [.. inputs.Select(value => value.clone().requires_grad_())];
        Tensor[] ofOurs = [.. inputs.Select(value => value.clone().requires_grad_())];
        Tensor dy = randn(batch, steps, hiddenSize), dh = randn(layers, batch, hiddenSize), dc = randn(layers, batch, hiddenSize);

        var (y, hn, cn) = theirs.call(ofTheirs[0], (ofTheirs[1], ofTheirs[2]));
        ((y * dy).sum() + (hn * dh).sum() + (cn * dc).sum()).backward();
        var (output, last) = ours.call(ofOurs[0], new LstmState(ofOurs[1], ofOurs[2]).Unstack());
        LstmState end = LstmState.Stack(last);
        ((output * dy).sum() + (end.Hidden * dh).sum() + (end.Cell * dc).sum()).backward();

        Close(y, output);
        Close(hn, end.Hidden);
        Close(cn, end.Cell);
        for (int n = 0; n < inputs.Length; n++)
            Close(ofTheirs[n].grad!, ofOurs[n].grad!);
        var theirGradients = theirs.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!);
        foreach (var (name, parameter) in ours.named_parameters())
            Close(theirGradients[name.Replace("bias_l", "bias_ih_l", StringComparison.Ordinal)], parameter.grad!);
    }

    /// <summary>In training, the layers whose recurrent weights carry the mask by hand; values and gradients of every kernel.</summary>
    [Theory]
    [InlineData("reference")]
    [InlineData("cpu")]
    public void Forward_RecurrentDropout_IsThatOfMaskedWeights(string kernel)
    {
        using var scope = NewDisposeScope();
        manual_seed(Seeds.Torch);
        using var lstm = new PeepholeLstm(3, [19], Peephole.Full) { RecurrentDropout = 0.4, Kernel = kernel };
        using var masked = new PeepholeLstm(3, [19], Peephole.Full) { Kernel = "reference" };
        masked.load_state_dict(lstm.state_dict());
        PeepholeLstmCell cell = lstm.Layers[0], twin = masked.Layers[0];
        Tensor x = randn(4, 6, 3);

        manual_seed(1);
        Tensor mask = CounterDropout.Apply(ones(4 * 19, 19), 0.4, CounterDropout.NewKey());
        using (no_grad())
            twin.weight_hh.mul_(mask);
        manual_seed(1);
        Tensor actual = lstm.call(x, null).Output, expected = masked.call(x, null).Output;
        actual.square().sum().backward();
        expected.square().sum().backward();

        Close(expected, actual);
        Close(twin.weight_hh.grad! * mask, cell.weight_hh.grad!);
        Close(twin.weight_co!.grad!, cell.weight_co!.grad!);
        Assert.Equal(0.4, mask.eq(0).to(ScalarType.Float32).mean().item<float>(), 0.05);

        // Outside of training the weights are whole, and the same seed repeats the mask.
        manual_seed(1);
        Assert.True(actual.eq(lstm.call(x, null).Output).all().item<bool>());
        lstm.eval();
        masked.load_state_dict(lstm.state_dict());
        masked.eval();
        Close(masked.call(x, null).Output, lstm.call(x, null).Output);
    }

    /// <summary>What the second layer sees of the first: the same units at all steps of a sequence, others in the next one.</summary>
    [Theory]
    [InlineData(DropoutKind.Variational, true)]
    [InlineData(DropoutKind.Standard, false)]
    public void Forward_DropoutBetweenLayers_DrawsOnceASequenceWhereItIsVariational(DropoutKind kind, bool isSame)
    {
        // The second layer is linear enough to look through: weights of the inputs alone, so small that tanh and the cell add up.
        using var scope = NewDisposeScope();
        manual_seed(Seeds.Torch);
        const int hidden = 16;
        using var lstm = new PeepholeLstm(1, [hidden, hidden], Peephole.None, dropout: 0.5, dtype: ScalarType.Float64) { DropoutKind = kind };
        PeepholeLstmCell second = lstm.Layers[1];
        using (no_grad())
        {
            second.weight_hh.zero_();
            second.bias.zero_();
            second.weight_ih.zero_();

            // i and o open, f shut, g = 1e-3 x: h = tanh(1e-3 x) of the same step.
            second.bias.narrow(0, 0, hidden).fill_(30);
            second.bias.narrow(0, hidden, hidden).fill_(-30);
            second.bias.narrow(0, 3 * hidden, hidden).fill_(30);
            second.weight_ih.narrow(0, 2 * hidden, hidden).copy_(1e-3 * eye(hidden, dtype: ScalarType.Float64));
        }

        Tensor kept = lstm.call(ones(2, 6, 1, dtype: ScalarType.Float64), null).Output.abs().gt(1e-12);
        Tensor first = kept.narrow(1, 0, 1);
        Assert.Equal(isSame, kept.eq(first).all().item<bool>());
        Assert.False(kept[0].eq(kept[1]).all().item<bool>());
        Assert.InRange(kept.to(ScalarType.Float32).mean().item<float>(), 0.2, 0.8);
    }

    [Fact]
    public void Backward_OfAGradientWithRecurrentDropout_IsThatOfTheReference()
    {
        using var scope = NewDisposeScope();
        Tensor[] Second(string kernel)
        {
            manual_seed(Seeds.Torch);
            using var lstm = new PeepholeLstm(3, [19], Peephole.Full) { RecurrentDropout = 0.4, Kernel = kernel };
            Tensor x = randn(4, 6, 3).requires_grad_();
            Tensor dx = autograd.grad([lstm.call(x, null).Output.square().sum()], [x], retain_graph: true, create_graph: true)[0];
            return [.. autograd.grad([dx.square().sum()], [x, lstm.Layers[0].weight_hh])];
        }

        foreach (var (expected, actual) in Second("reference").Zip(Second("cpu")))
            Close(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Variants.Data), MemberType = typeof(Variants))]
    public void Backward_EveryVariant_EqualsFiniteDifferences(PeepholeKind kind, PeepholeConnections connections)
    {
        // Central differences: error of the order eps² from the third derivative and 1e-16/eps from rounding.
        const double eps = 1e-6, tolerance = 1e-7;
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using var lstm = new PeepholeLstm(2, [3, 2], new Peephole(kind, connections), dtype: ScalarType.Float64);
        using (no_grad())
        {
            foreach (var (_, parameter) in lstm.named_parameters())
                parameter.uniform_(-0.8, 0.8);
        }

        Tensor x = randn(2, 4, 2, dtype: ScalarType.Float64).requires_grad_();
        LstmState[] initial =
        [
            new(randn(2, 3, dtype: ScalarType.Float64).requires_grad_(), randn(2, 3, dtype: ScalarType.Float64).requires_grad_()),
            new(randn(2, 2, dtype: ScalarType.Float64).requires_grad_(), randn(2, 2, dtype: ScalarType.Float64).requires_grad_()),
        ];
        Tensor dy = randn(2, 4, 2, dtype: ScalarType.Float64), dc = randn(2, 3, dtype: ScalarType.Float64), dh = randn(2, 2, dtype: ScalarType.Float64);
        Tensor Loss()
        {
            var (y, last) = lstm.call(x, initial);
            return (y * dy).sum() + (last[0].Cell * dc).sum() + (last[1].Hidden * dh).sum();
        }

        Loss().backward();
        var leaves = lstm.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter)).ToList();
        leaves.Add(("x", x));
        for (int k = 0; k < initial.Length; k++)
            leaves.AddRange([($"h_0 of {k}", initial[k].Hidden), ($"c_0 of {k}", initial[k].Cell)]);

        using var noGradient = no_grad();
        foreach (var (name, leaf) in leaves)
        {
            Tensor flat = leaf.view(-1), gradient = leaf.grad!.reshape(-1);
            for (long n = 0; n < flat.numel(); n++)
            {
                double At(double offset)
                {
                    using var inner = NewDisposeScope();
                    flat[n].add_(offset);
                    double loss = Loss().item<double>();
                    flat[n].sub_(offset);
                    return loss;
                }

                double difference = (At(eps) - At(-eps)) / (2 * eps);
                Assert.True(
                    Math.Abs(difference - gradient[n].item<double>()) < tolerance,
                    $"{name}[{n}]: finite difference {difference}, gradient {gradient[n].item<double>()}");
            }
        }
    }

    [Fact]
    public void Forward_TimeMajor_EqualsBatchMajorTransposed()
    {
        using var scope = NewDisposeScope();
        using var batchFirst = new PeepholeLstm(3, [4, 2], Peephole.Full);
        using var timeFirst = new PeepholeLstm(3, [4, 2], Peephole.Full, batchFirst: false);
        timeFirst.load_state_dict(batchFirst.state_dict());
        Tensor x = randn(2, 5, 3);
        Tensor expected = batchFirst.call(x, null).Output;
        Tensor actual = timeFirst.call(x.transpose(0, 1), null).Output;
        Assert.Equal(0, (expected - actual.transpose(0, 1)).abs().max().item<float>());
    }

    [Fact]
    public void Forward_InTwoParts_ContinuesFromTheState()
    {
        using var scope = NewDisposeScope();
        using var lstm = new PeepholeLstm(3, [4, 2], Peephole.Full, dtype: ScalarType.Float64);
        Tensor x = randn(2, 7, 3, dtype: ScalarType.Float64);
        Tensor whole = lstm.call(x, null).Output;
        var (_, state) = lstm.call(x.narrow(1, 0, 3), null);
        Tensor rest = lstm.call(x.narrow(1, 3, 4), state).Output;
        Assert.True((whole.narrow(1, 3, 4) - rest).abs().max().item<double>() < 1e-15);
    }

    [Fact]
    public void StateDict_OfTwoLayers_HasTheContractsNamesAndShapes()
    {
        using var lstm = new PeepholeLstm(3, [4, 2], Peephole.Full);
        Assert.Equal(
            [
                "weight_ih_l0 16,3", "weight_hh_l0 16,4", "bias_l0 16",
                "weight_ci_l0 4,4", "weight_cf_l0 4,4", "weight_cc_l0 4,4", "weight_co_l0 4,4",
                "weight_ih_l1 8,4", "weight_hh_l1 8,2", "bias_l1 8",
                "weight_ci_l1 2,2", "weight_cf_l1 2,2", "weight_cc_l1 2,2", "weight_co_l1 2,2",
            ],
            lstm.state_dict().Select(entry => $"{entry.Key} {string.Join(',', entry.Value.shape)}"));
    }

    [Fact]
    public void Dropout_InTraining_FallsBetweenLayersAndNotAfterTheLast()
    {
        manual_seed(Seeds.Torch);
        using var scope = NewDisposeScope();
        using var one = new PeepholeLstm(3, [16], Peephole.Full, dropout: 0.5);
        using var two = new PeepholeLstm(3, [16, 16], Peephole.Full, dropout: 0.5);
        Tensor x = randn(2, 5, 3);
        Assert.Equal(0, (one.call(x, null).Output - one.call(x, null).Output).abs().max().item<float>());
        Assert.NotEqual(0, (two.call(x, null).Output - two.call(x, null).Output).abs().max().item<float>());
        two.eval();
        Assert.Equal(0, (two.call(x, null).Output - two.call(x, null).Output).abs().max().item<float>());
    }

    [Fact]
    public void Forward_WrongShapes_NamesBoth()
    {
        using var scope = NewDisposeScope();
        using var lstm = new PeepholeLstm(3, [4], Peephole.Full);
        var input = Assert.Throws<ArgumentException>(() => lstm.call(zeros(2, 5, 4), null));
        Assert.Contains("[2, 5, 4]", input.Message, StringComparison.Ordinal);
        Assert.Contains("[B, T, 3]", input.Message, StringComparison.Ordinal);
        var state = Assert.Throws<ArgumentException>(() => lstm.call(zeros(2, 5, 3), [LstmState.Zeros(1, 4, ScalarType.Float32, CPU)]));
        Assert.Contains("expected [2, 4]", state.Message, StringComparison.Ordinal);
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        double error = (expected - actual).abs().max().item<float>();
        Assert.True(error <= NnLstmTolerance, $"largest difference {error}");
    }
}
