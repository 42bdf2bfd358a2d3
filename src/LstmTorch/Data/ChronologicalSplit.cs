namespace LstmTorch.Data;

/// <summary>A part of the data, by time.</summary>
public enum Part
{
    /// <summary>The oldest rows: weights and scales are fitted to them.</summary>
    Train,

    /// <summary>The rows after: they choose the best weights.</summary>
    Validation,

    /// <summary>The newest rows: they are only scored.</summary>
    Test,
}

/// <summary>Where the parts of one series begin and end; never shuffled.</summary>
/// <param name="TrainEnd">The row after the last training row.</param>
/// <param name="ValidationEnd">The row after the last validation row.</param>
/// <param name="End">The number of rows.</param>
public sealed record ChronologicalSplit(int TrainEnd, int ValidationEnd, int End)
{
    /// <summary>The first training row; contexts may reach back before it.</summary>
    /// <value>0.</value>
    public int TrainStart { get; init; }

    /// <summary>All rows as one part, that of training.</summary>
    public static ChronologicalSplit Whole(int rows) => new(rows, rows, rows);

    /// <summary>Splits by shares; the shares of validation and test are rounded down, and training gets the rest.</summary>
    public static ChronologicalSplit Of(int rows, double validationFraction, double testFraction)
    {
        // A share such as 0.29 of 100 rows must not become 28 through its last binary digit.
        int Share(double fraction) => (int)Math.Floor((rows * fraction) + 1e-9);
        int test = Share(testFraction), validation = Share(validationFraction);
        return new ChronologicalSplit(rows - test - validation, rows - test, rows);
    }

    /// <summary>The rows of a part: from Start, included, to End, not included.</summary>
    public (int Start, int End) Rows(Part part) => part switch
    {
        Part.Train => (TrainStart, TrainEnd),
        Part.Validation => (TrainEnd, ValidationEnd),
        _ => (ValidationEnd, End),
    };
}
