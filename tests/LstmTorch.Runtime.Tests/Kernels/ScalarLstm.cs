using LstmTorch.Runtime.Kernels;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Tests.Kernels;

/// <summary>The parameters of a layer, or their gradients, in float64: gates i f g o, peepholes empty where absent.</summary>
internal sealed record ScalarWeights(double[] Ih, double[] Hh, double[] Bias, double[][] Peepholes)
{
    public static ScalarWeights Zeros(SequenceShape shape)
    {
        int h = shape.HiddenSize;
        return new(new double[4 * h * shape.InputSize], new double[4 * h * h], new double[4 * h],
            [.. Enumerable.Range(0, 4).Select(gate => new double[PeepholeLength(shape, gate)])]);
    }

    public static int PeepholeLength(SequenceShape shape, int gate)
    {
        var connection = (PeepholeConnections)(1 << gate);
        int h = shape.HiddenSize;
        return shape.Full(connection) ? h * h : shape.Diagonal(connection) ? h : 0;
    }
}

/// <summary>The equations one number at a time, in float64, batch-major: what the kernels are compared with.</summary>
internal sealed class ScalarLstm(SequenceShape shape, ScalarWeights weights, double[] x, double[] h0, double[] c0)
{
    private readonly int _b = shape.Batch;
    private readonly int _t = shape.Steps;
    private readonly int _d = shape.InputSize;
    private readonly int _h = shape.HiddenSize;

    // [B, T + 1, H] and [B, T, 4, H].
    private readonly double[] _hidden = new double[shape.Batch * (shape.Steps + 1) * shape.HiddenSize];
    private readonly double[] _cell = new double[shape.Batch * (shape.Steps + 1) * shape.HiddenSize];
    private readonly double[] _gates = new double[shape.Batch * shape.Steps * 4 * shape.HiddenSize];

    public double[] Y { get; } = new double[shape.Batch * shape.Steps * shape.HiddenSize];

    public double[] Hn { get; } = new double[shape.Batch * shape.HiddenSize];

    public double[] Cn { get; } = new double[shape.Batch * shape.HiddenSize];

    public double[] DX { get; } = new double[x.Length];

    public double[] DH0 { get; } = new double[h0.Length];

    public double[] DC0 { get; } = new double[c0.Length];

    public ScalarWeights DWeights { get; } = ScalarWeights.Zeros(shape);

    public void Forward()
    {
        for (int b = 0; b < _b; b++)
        {
            Array.Copy(h0, b * _h, _hidden, State(b, 0), _h);
            Array.Copy(c0, b * _h, _cell, State(b, 0), _h);
            for (int t = 0; t < _t; t++)
            {
                for (int u = 0; u < _h; u++)
                {
                    double i = Sigmoid(Pre(0, b, t, u, State(b, t)));
                    double f = Sigmoid(Pre(1, b, t, u, State(b, t)));
                    double g = Math.Tanh(Pre(2, b, t, u, State(b, t)));
                    _cell[State(b, t + 1) + u] = (f * _cell[State(b, t) + u]) + (i * g);
                    _gates[Gate(b, t, 0) + u] = i;
                    _gates[Gate(b, t, 1) + u] = f;
                    _gates[Gate(b, t, 2) + u] = g;
                }

                for (int u = 0; u < _h; u++)
                {
                    double o = Sigmoid(Pre(3, b, t, u, State(b, t + 1)));
                    _gates[Gate(b, t, 3) + u] = o;
                    _hidden[State(b, t + 1) + u] = o * Math.Tanh(_cell[State(b, t + 1) + u]);
                }

                Array.Copy(_hidden, State(b, t + 1), Y, ((b * _t) + t) * _h, _h);
            }

            Array.Copy(_hidden, State(b, _t), Hn, b * _h, _h);
            Array.Copy(_cell, State(b, _t), Cn, b * _h, _h);
        }
    }

    public void Backward(double[]? dy, double[]? dhn, double[]? dcn)
    {
        var da = new double[4 * _h];
        for (int b = 0; b < _b; b++)
        {
            var dh = new double[_h];
            var dc = new double[_h];
            for (int u = 0; u < _h; u++)
            {
                dh[u] = dhn?[(b * _h) + u] ?? 0;
                dc[u] = dcn?[(b * _h) + u] ?? 0;
            }

            for (int t = _t - 1; t >= 0; t--)
            {
                for (int u = 0; u < _h; u++)
                {
                    dh[u] += dy?[(((b * _t) + t) * _h) + u] ?? 0;
                    double o = _gates[Gate(b, t, 3) + u];
                    double tanh = Math.Tanh(_cell[State(b, t + 1) + u]);
                    da[(3 * _h) + u] = dh[u] * tanh * o * (1 - o);
                    dc[u] += dh[u] * o * (1 - (tanh * tanh));
                }

                SpreadToCell(3, da, dc, State(b, t + 1));
                var dcBefore = new double[_h];
                for (int u = 0; u < _h; u++)
                {
                    double i = _gates[Gate(b, t, 0) + u];
                    double f = _gates[Gate(b, t, 1) + u];
                    double g = _gates[Gate(b, t, 2) + u];
                    da[u] = dc[u] * g * i * (1 - i);
                    da[_h + u] = dc[u] * _cell[State(b, t) + u] * f * (1 - f);
                    da[(2 * _h) + u] = dc[u] * i * (1 - (g * g));
                    dcBefore[u] = dc[u] * f;
                }

                for (int gate = 0; gate < 3; gate++)
                {
                    SpreadToCell(gate, da, dcBefore, State(b, t));
                }

                dc = dcBefore;
                dh = SpreadToHiddenAndInput(da, b, t);
            }

            dh.CopyTo(DH0, b * _h);
            dc.CopyTo(DC0, b * _h);
        }
    }

    private int State(int b, int t) => ((b * (_t + 1)) + t) * _h;

    private int Gate(int b, int t, int gate) => ((((b * _t) + t) * 4) + gate) * _h;

    private static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));

    private double Pre(int gate, int b, int t, int u, int cell)
    {
        int row = (gate * _h) + u;
        double sum = weights.Bias[row];
        for (int d = 0; d < _d; d++) sum += weights.Ih[(row * _d) + d] * x[(((b * _t) + t) * _d) + d];
        for (int k = 0; k < _h; k++) sum += weights.Hh[(row * _h) + k] * _hidden[State(b, t) + k];
        double[] p = weights.Peepholes[gate];
        if (p.Length == 0) return sum;
        if (shape.Peephole.Kind == PeepholeKind.Diagonal) return sum + (p[u] * _cell[cell + u]);
        for (int k = 0; k < _h; k++) sum += p[(u * _h) + k] * _cell[cell + k];
        return sum;
    }

    private void SpreadToCell(int gate, double[] da, double[] dc, int cell)
    {
        double[] p = weights.Peepholes[gate];
        double[] dp = DWeights.Peepholes[gate];
        for (int u = 0; u < _h && p.Length > 0; u++)
        {
            double d = da[(gate * _h) + u];
            if (shape.Peephole.Kind == PeepholeKind.Diagonal)
            {
                dc[u] += p[u] * d;
                dp[u] += d * _cell[cell + u];
                continue;
            }

            for (int k = 0; k < _h; k++)
            {
                dc[k] += p[(u * _h) + k] * d;
                dp[(u * _h) + k] += d * _cell[cell + k];
            }
        }
    }

    private double[] SpreadToHiddenAndInput(double[] da, int b, int t)
    {
        var dh = new double[_h];
        for (int row = 0; row < 4 * _h; row++)
        {
            DWeights.Bias[row] += da[row];
            for (int k = 0; k < _h; k++)
            {
                dh[k] += weights.Hh[(row * _h) + k] * da[row];
                DWeights.Hh[(row * _h) + k] += da[row] * _hidden[State(b, t) + k];
            }

            for (int d = 0; d < _d; d++)
            {
                DX[(((b * _t) + t) * _d) + d] += weights.Ih[(row * _d) + d] * da[row];
                DWeights.Ih[(row * _d) + d] += da[row] * x[(((b * _t) + t) * _d) + d];
            }
        }

        return dh;
    }
}
