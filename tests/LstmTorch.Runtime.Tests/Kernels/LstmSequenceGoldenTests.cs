using LstmTorch.Runtime.Kernels;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>The kernels, and the scalar reference they are tested with elsewhere, against an independent implementation.</summary>
public sealed class LstmSequenceGoldenTests
{
    // float32 against float64, relative to max(1, |expected|).
    private const double Tolerance = 1e-5;

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
}
