using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Kernels;

/// <summary>
/// The sums of the weights' gradients, transposed, one set a slice: a row per operand, the lanes along dA's columns.
/// </summary>
/// <remarks>
/// Lanes along 4H keep all of them busy whatever H and D are. The sums of the slices are added in their order, so the
/// result depends on the number of slices only.
/// </remarks>
internal unsafe struct WeightGradients
{
    private SequenceLayout _layout;
    private float* _sums;
    private long _sliceStride;
    private long _seeingOffset;
    private long _outputOffset;
    private long _diagonalOffset;

    public static long Bytes(in SequenceLayout layout, int slices)
    {
        var sizes = default(WeightGradients);
        sizes.Measure(layout);
        return Workspace.Piece(sizes._sliceStride * slices);
    }

    public static WeightGradients Place(in SequenceLayout layout, int slices, Workspace workspace)
    {
        var gradients = default(WeightGradients);
        gradients.Measure(layout);
        gradients._sums = workspace.Take(gradients._sliceStride * slices);
        return gradients;
    }

    /// <summary>Floats between the rows of <see cref="Gates"/>.</summary>
    public readonly int GateColumns => SequenceLayout.RoundUp(4 * _layout.Shape.HiddenSize, _layout.Width);

    /// <summary>Floats between the rows of <see cref="Seeing"/>.</summary>
    public readonly int SeeingColumns => SequenceLayout.RoundUp(_layout.Seeing * _layout.Shape.HiddenSize, _layout.Width);

    /// <summary>[H + D + 1, 4H]: rows h, x, 1.</summary>
    public readonly float* Gates(int slice) => _sums + (slice * _sliceStride);

    /// <summary>[H, gates · H]: rows c_{t-1}.</summary>
    public readonly float* Seeing(int slice) => Gates(slice) + _seeingOffset;

    /// <summary>[H, H]: rows c_t, columns o.</summary>
    public readonly float* Output(int slice) => Gates(slice) + _outputOffset;

    /// <summary>[4, H] of the diagonal weights, rows i f g o.</summary>
    public readonly float* Diagonal(int slice) => Gates(slice) + _diagonalOffset;

    /// <summary>
    /// Adds the slices up and writes the share of one part of <paramref name="parts"/> to the caller's arrays.
    /// </summary>
    public readonly void WriteTo(in LayerWeights target, int slices, int part, int parts)
    {
        int hidden = _layout.Shape.HiddenSize;
        int input = _layout.Shape.InputSize;
        for (int gate = 0; gate < 4; gate++)
        {
            int first = hidden * part / parts;
            int end = hidden * (part + 1) / parts;
            float* sums = _sums + (TransposedWeights.GradientOrder(gate) * hidden);
            long row = (long)gate * hidden;
            Transpose(sums, GateColumns, hidden, first, end, slices, target.Hh == null ? null : target.Hh + (row * hidden), hidden);
            sums += (long)GateColumns * hidden;
            Transpose(sums, GateColumns, input, first, end, slices, target.Ih == null ? null : target.Ih + (row * input), input);
            sums += (long)GateColumns * input;
            Transpose(sums, GateColumns, 1, first, end, slices, target.Bias == null ? null : target.Bias + row, 1);

            var connection = (PeepholeConnections)(1 << gate);
            if (_layout.Shape.Diagonal(connection))
            {
                sums = _sums + _diagonalOffset + (gate * _layout.HiddenStride);
                Transpose(sums, _layout.HiddenStride, 1, first, end, slices, target.Peephole(gate), 1);
            }
            else if (_layout.Shape.Full(connection) && gate == 3)
            {
                Transpose(_sums + _outputOffset, _layout.HiddenStride, hidden, first, end, slices, target.Co, hidden);
            }
            else if (_layout.Shape.Full(connection))
            {
                sums = _sums + _seeingOffset + ((gate - _layout.FirstSeeing) * hidden);
                Transpose(sums, SeeingColumns, hidden, first, end, slices, target.Peephole(gate), hidden);
            }
        }
    }

    private void Measure(in SequenceLayout layout)
    {
        _layout = layout;
        int hidden = layout.Shape.HiddenSize;
        bool full = layout.Shape.Peephole.Kind == PeepholeKind.Full;
        _seeingOffset = (long)layout.GateTerms * GateColumns;
        _outputOffset = _seeingOffset + ((long)hidden * SeeingColumns);
        _diagonalOffset = _outputOffset + (full ? (long)hidden * layout.HiddenStride : 0);
        _sliceStride = _diagonalOffset + (4L * layout.HiddenStride);
    }

    // target[unit, n] = Σ_slices sums[n, unit], sixteen units at a time: a cache line of sums, sixteen rows of the target.
    private readonly void Transpose(
        float* sums, long stride, int count, int first, int end, int slices, float* target, int targetStride)
    {
        const int Units = 16;
        for (int unit = first; target != null && unit < end; unit += Units)
        {
            int units = Math.Min(Units, end - unit);
            for (int n = 0; n < count; n++)
            {
                float* line = sums + (n * stride) + unit;
                float* column = target + ((long)unit * targetStride) + n;
                for (int u = 0; u < units; u++)
                {
                    float sum = line[u];
                    for (int slice = 1; slice < slices; slice++)
                    {
                        sum += line[u + (slice * _sliceStride)];
                    }

                    column[(long)u * targetStride] = sum;
                }
            }
        }
    }
}
