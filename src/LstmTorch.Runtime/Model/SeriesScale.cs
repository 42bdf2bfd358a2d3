namespace LstmTorch.Runtime.Model;

/// <summary>The scales of one series, where each has its own.</summary>
/// <param name="Id">The series' id.</param>
/// <param name="InputScalers">The scale of each input column.</param>
/// <param name="TargetScalers">The scale of each target column.</param>
public sealed record SeriesScale(string Id, IReadOnlyList<ColumnScaler> InputScalers, IReadOnlyList<ColumnScaler> TargetScalers);
