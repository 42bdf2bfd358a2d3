using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Fills the missing values of one column of one series.</summary>
internal static class MissingValueFill
{
    /// <summary>Replaces every NaN after the first number; those before it stay, because only the future could fill them.</summary>
    /// <param name="values">The column, oldest row first.</param>
    /// <param name="policy">Interpolate or ForwardFill.</param>
    /// <returns>Which values were filled; null if none was.</returns>
    public static bool[]? Fill(Span<double> values, MissingValues policy)
    {
        bool[]? filled = null;
        int known = -1;
        for (int row = 0; row <= values.Length; row++)
        {
            if (row < values.Length && double.IsNaN(values[row]))
                continue;

            for (int gap = known + 1; gap < row && known >= 0; gap++)
            {
                values[gap] = Between(values, known, row, gap, policy);
                (filled ??= new bool[values.Length])[gap] = true;
            }

            known = row;
        }

        return filled;
    }

    private static double Between(Span<double> values, int before, int after, int row, MissingValues policy)
    {
        if (after == values.Length || policy == MissingValues.ForwardFill)
            return values[before];
        double share = (double)(row - before) / (after - before);
        return values[before] + (share * (values[after] - values[before]));
    }
}
