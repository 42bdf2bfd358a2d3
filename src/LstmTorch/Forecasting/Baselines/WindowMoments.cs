using LstmTorch.Data;

namespace LstmTorch.Forecasting.Baselines;

/// <summary>Sums and sums of products over windows whose last known value is subtracted from all their values: all that least squares needs of them.</summary>
/// <remarks>
/// Neighbouring windows share all rows but one, so that the product of two places of a window, summed over a run of windows, follows
/// from that of the places before by one product more and one less: a run of n windows of L rows costs n·L + L² and not n·L².
/// </remarks>
internal sealed class WindowMoments
{
    private readonly int _context;
    private readonly int _length;
    private readonly double[] _sums;
    private readonly double[] _products;

    private WindowMoments(int context, int horizon)
    {
        _context = context;
        _length = context + horizon;
        _sums = new double[_length];
        _products = new double[_length * _length];
    }

    /// <summary>How many windows there are.</summary>
    public int Windows { get; private set; }

    /// <summary>Counts all windows of a list.</summary>
    /// <param name="columns">The rows of each series, near 0 so that nothing is lost in squares; null for one whose windows do not count.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="horizon">Their future steps.</param>
    public static WindowMoments Of(IReadOnlyList<double[]?> columns, WindowIndex windows, int horizon)
    {
        var moments = new WindowMoments(windows.ContextLength, horizon);
        for (int start = 0, count; start < windows.Count; start += count)
        {
            Window first = windows[start];
            for (count = 1; start + count < windows.Count && windows[start + count] == first with { Origin = first.Origin + count }; count++)
            {
            }

            if (columns[first.Series] is { } rows)
                moments.Add(rows.AsSpan(first.Origin + 1 - windows.ContextLength), count);
        }

        moments.SubtractLast();
        return moments;
    }

    /// <summary>The mean of a place of the windows: of the last known value 0, of the others how far they lie from it.</summary>
    public double Mean(int place) => _sums[place] / Windows;

    /// <summary>The mean of the product of two places.</summary>
    public double MeanProduct(int one, int other) => _products[(one * _length) + other] / Windows;

    /// <summary>The covariance of two places.</summary>
    public double Covariance(int one, int other) => MeanProduct(one, other) - (Mean(one) * Mean(other));

    /// <summary>Adds the windows that begin at the first rows.</summary>
    private void Add(ReadOnlySpan<double> rows, int windows)
    {
        Windows += windows;
        double sum = 0;
        foreach (double value in rows[..windows])
            sum += value;
        for (int place = 0; place < _length; place++)
        {
            _sums[place] += sum;
            if (place + 1 < _length)
                sum += rows[place + windows] - rows[place];
        }

        for (int lag = 0; lag < _length; lag++)
        {
            double product = VectorMath.Dot(rows[..windows], rows[lag..]);
            for (int place = 0; place + lag < _length; place++)
            {
                _products[(place * _length) + place + lag] += product;
                if (place + lag + 1 < _length)
                    product += (rows[place + windows] * rows[place + windows + lag]) - (rows[place] * rows[place + lag]);
            }
        }
    }

    /// <summary>From the moments of the values to those of their distances from the last known one.</summary>
    private void SubtractLast()
    {
        int last = _context - 1;
        for (int one = 0; one < _length; one++)
        {
            for (int other = 0; other < one; other++)
                _products[(one * _length) + other] = _products[(other * _length) + one];
        }

        double[] withLast = _products[(last * _length)..((last + 1) * _length)];
        double ofLast = _sums[last];
        for (int one = 0; one < _length; one++)
        {
            _sums[one] -= ofLast;
            for (int other = 0; other < _length; other++)
                _products[(one * _length) + other] += withLast[last] - withLast[one] - withLast[other];
        }
    }
}
