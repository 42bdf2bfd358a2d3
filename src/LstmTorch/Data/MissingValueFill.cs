using LstmTorch.Runtime.Model;

namespace LstmTorch.Data;

/// <summary>Fills the missing values of one column of one series.</summary>
internal static class MissingValueFill
{
    /// <summary>Replaces every NaN; the column must hold at least one number.</summary>
    /// <param name="values">The column, oldest row first.</param>
    /// <param name="policy">Interpolate or ForwardFill.</param>
    /// <returns>How many values were filled.</returns>
    public static int Fill(Span<double> values, MissingValues policy)
    {
        int filled = 0, known = -1;
        for (int row = 0; row <= values.Length; row++)
        {
            if (row < values.Length && double.IsNaN(values[row]))
                continue;

            for (int gap = known + 1; gap < row; gap++)
            {
                values[gap] = Between(values, known, row, gap, policy);
                filled++;
            }

            known = row;
        }

        return filled;
    }

    private static double Between(Span<double> values, int before, int after, int row, MissingValues policy)
    {
        if (before < 0)
            return values[after];
        if (after == values.Length || policy == MissingValues.ForwardFill)
            return values[before];
        double share = (double)(row - before) / (after - before);
        return values[before] + (share * (values[after] - values[before]));
    }
}
