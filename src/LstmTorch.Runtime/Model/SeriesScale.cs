namespace LstmTorch.Runtime.Model;

/// <summary>The scales of one series, where each has its own.</summary>
/// <param name="Id">The series' id.</param>
/// <param name="InputScalers">The scale of each input column.</param>
/// <param name="TargetScalers">The scale of each target column.</param>
public sealed record SeriesScale(string Id, IReadOnlyList<ColumnScaler> InputScalers, IReadOnlyList<ColumnScaler> TargetScalers)
{
    /// <summary>How far a scaled 1 lies from a scaled 0, in original units: in it a model of many scales keeps its intervals.</summary>
    /// <param name="target">Which target.</param>
    public double Unit(int target)
    {
        ColumnScaler scaler = TargetScalers[target];
        double unit = Math.Abs(scaler.InverseTransform(1) - scaler.InverseTransform(0));
        return unit > 0 && double.IsFinite(unit) ? unit : 1;
    }
}
