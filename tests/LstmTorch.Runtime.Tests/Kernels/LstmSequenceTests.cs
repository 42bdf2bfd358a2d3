using Xunit;
using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed class LstmSequenceTests
{
    // float32 sums of up to a few thousand terms against float64, relative to max(1, |expected|).
    private const double Tolerance = 1e-5;

    public static TheoryData<int> Widths => [.. KernelSet.All.Select(set => set.Width)];

    private static KernelSet Set(int width) => KernelSet.All.Single(set => set.Width == width);

    [Theory, MemberData(nameof(GoldenCase.Names), MemberType = typeof(GoldenCase))]
    public void ScalarReference_Golden_AgreesInFloat64(string name)
    {
        var golden = GoldenCase.Read(name);
        var layers = new ScalarLstm[golden.Layers];
        double[] x = golden.Values("input");
        var inputs = new double[golden.Layers][];
        for (int layer = 0; layer < golden.Layers; layer++)
        {
            inputs[layer] = x;
            layers[layer] = new ScalarLstm(golden.Shape(layer), golden.Weights(layer), x, golden.State("h_0", layer), golden.State("c_0", layer));
            layers[layer].Forward();
            x = layers[layer].Y;
            Compare.Close($"h_n {layer}", golden.State("h_n", layer), layers[layer].Hn, 1e-12);
            Compare.Close($"c_n {layer}", golden.State("c_n", layer), layers[layer].Cn, 1e-12);
        }

        Compare.Close("y", golden.Values("output"), x, 1e-12);
        double[] dy = golden.Values("grad_y");
        for (int layer = golden.Layers - 1; layer >= 0; layer--)
        {
            ScalarLstm scalar = layers[layer];
            scalar.Backward(dy, golden.State("grad_h_n", layer), golden.State("grad_c_n", layer));
            dy = scalar.DX;
            ScalarWeights expected = golden.WeightGradients(layer);
            Compare.Close($"dW_ih {layer}", expected.Ih, scalar.DWeights.Ih, 1e-12);
            Compare.Close($"dW_hh {layer}", expected.Hh, scalar.DWeights.Hh, 1e-12);
            Compare.Close($"db {layer}", expected.Bias, scalar.DWeights.Bias, 1e-12);
            for (int gate = 0; gate < 4; gate++)
            {
                Compare.Close($"dW_c{gate} {layer}", expected.Peepholes[gate], scalar.DWeights.Peepholes[gate], 1e-12);
            }

            Compare.Close($"dh_0 {layer}", golden.StateGradient("h_0", layer), scalar.DH0, 1e-12);
            Compare.Close($"dc_0 {layer}", golden.StateGradient("c_0", layer), scalar.DC0, 1e-12);
        }

        Compare.Close("dx", golden.Values("gradients", "input"), dy, 1e-12);
    }

    [Theory, MemberData(nameof(GoldenCase.Names), MemberType = typeof(GoldenCase))]
    public void ForwardAndBackward_Golden_AgreesInFloat32(string name)
    {
        var golden = GoldenCase.Read(name);
        foreach (KernelSet kernels in KernelSet.All)
        {
            double[] x = golden.Values("input");
            var inputs = new List<double[]>();
            for (int layer = 0; layer < golden.Layers; layer++)
            {
                inputs.Add(x);
                SequenceResult forward = GuardedRun.Run(golden.Layer(layer, x, null), kernels);
                x = [.. forward.Y.Select(v => (double)v)];
            }

            Compare.Close("y", golden.Values("output"), x, Tolerance);
            double[] dy = golden.Values("grad_y");
            for (int layer = golden.Layers - 1; layer >= 0; layer--)
            {
                SequenceResult result = GuardedRun.Run(golden.Layer(layer, inputs[layer], dy), kernels);
                ScalarWeights expected = golden.WeightGradients(layer);
                Compare.Close("h_n", golden.State("h_n", layer), result.Hn, Tolerance);
                Compare.Close("c_n", golden.State("c_n", layer), result.Cn, Tolerance);
                Compare.Close("dW_ih", expected.Ih, result.DIh, Tolerance);
                Compare.Close("dW_hh", expected.Hh, result.DHh, Tolerance);
                Compare.Close("db", expected.Bias, result.DBias, Tolerance);
                for (int gate = 0; gate < 4; gate++)
                {
                    Compare.Close($"dW_c{gate}", expected.Peepholes[gate], result.DPeepholes[gate], Tolerance);
                }

                Compare.Close("dh_0", golden.StateGradient("h_0", layer), result.DH0, Tolerance);
                Compare.Close("dc_0", golden.StateGradient("c_0", layer), result.DC0, Tolerance);
                dy = [.. result.DX.Select(v => (double)v)];
            }

            Compare.Close("dx", golden.Values("gradients", "input"), dy, Tolerance);
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void ForwardAndBackward_EveryHiddenSize_AgreesWithScalar(int width)
    {
        int[] steps = [1, 2, 3, 17];
        int[] batches = [1, 3, 8, 33];
        Peephole[] peepholes = AllPeepholes();
        for (int hidden = 1; hidden <= 67; hidden++)
        {
            // Steps and peepholes go round at different paces, so that each size meets others.
            int batch = batches[(hidden / 4) % 4];
            int time = hidden > 40 && batch == 33 ? 3 : steps[hidden % 4];
            for (int n = 0; n < 3; n++)
            {
                Peephole peephole = peepholes[((hidden * 5) + (n * 11)) % peepholes.Length];
                Check(new SequenceShape(batch, time, 1 + (hidden * 7 % 23), hidden, peephole), hidden + n, width);
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void ForwardAndBackward_EveryPeephole_AgreesWithScalar(int width)
    {
        foreach (int hidden in (int[])[5, 16, 19, 50])
        {
            foreach (Peephole peephole in AllPeepholes())
            {
                Check(new SequenceShape(7, 5, 4, hidden, peephole), hidden, width);
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void ForwardAndBackward_ManyChunks_AgreesWithScalar(int width)
    {
        Check(new SequenceShape(33, 17, 9, 37, Peephole.Full), 1, width);
        Check(new SequenceShape(40, 9, 3, 20, Peephole.Diagonal), 2, width);
        Check(new SequenceShape(1, 150, 3, 20, Peephole.Full), 3, width);
        Check(new SequenceShape(2, 3, 150, 140, Peephole.Full), 4, width);
    }

    [Fact]
    public void Backward_Twice_GivesTheSame()
    {
        SequenceCase given = SequenceCase.Random(new SequenceShape(5, 6, 3, 18, Peephole.Full), 3);
        AssertClose(GuardedRun.Run(given, backwards: 2), given.RunScalar(), "twice");
    }

    [Fact]
    public void ForwardAndBackward_AbsentStatesAndGradients_CountAsZero()
    {
        SequenceCase all = SequenceCase.Random(new SequenceShape(5, 6, 3, 18, Peephole.Full), 4);
        SequenceCase[] cases =
        [
            new() { Shape = all.Shape, Weights = all.Weights, X = all.X, DY = all.DY },
            new() { Shape = all.Shape, Weights = all.Weights, X = all.X, DHn = all.DHn },
            new() { Shape = all.Shape, Weights = all.Weights, X = all.X, C0 = all.C0, DCn = all.DCn },
        ];
        foreach (SequenceCase given in cases)
        {
            AssertClose(GuardedRun.Run(given), given.RunScalar(), "absent");
        }
    }

    private static Peephole[] AllPeepholes() =>
    [
        Peephole.None,
        .. from kind in (PeepholeKind[])[PeepholeKind.Diagonal, PeepholeKind.Full]
           from connections in Enumerable.Range(0, 16)
           select new Peephole(kind, (PeepholeConnections)connections),
    ];

    private static void Check(SequenceShape shape, int seed, int width)
    {
        SequenceCase given = SequenceCase.Random(shape, seed);
        ScalarLstm scalar = given.RunScalar();
        SequenceResult result = GuardedRun.Run(given, Set(width), timeMajor: seed % 2 == 0, guardBehind: seed % 3 != 0);
        AssertClose(result, scalar, $"{shape} width {width}");
    }

    private static void AssertClose(SequenceResult result, ScalarLstm scalar, string where)
    {
        foreach ((string name, float[] actual, double[] expected) in result.Against(scalar))
        {
            Compare.Close($"{name} of {where}", expected, actual, Tolerance);
        }
    }
}
