using LstmTorch.Forecasting.Baselines;

namespace LstmTorch.Forecasting;

/// <summary>How one series of many was forecast: the content of a row of <c>series.csv</c>.</summary>
/// <param name="Series">Its id.</param>
/// <param name="Target">The target column.</param>
/// <param name="Windows">How many windows were forecast.</param>
/// <param name="Mae">Mean absolute error of the model, in units of the target; null where a value or forecast is not finite.</param>
/// <param name="Rmse">Root mean squared error of the model, in units of the target.</param>
/// <param name="Mase">Mean absolute scaled error of the model, by the in-sample seasonal error of this series alone.</param>
/// <param name="Smape">Symmetric mean absolute percentage error of the model, in percent.</param>
/// <param name="BestBaseline">The baseline with the least mean absolute error on this series; null where none is known.</param>
/// <param name="BestBaselineMae">Its mean absolute error.</param>
public sealed record SeriesMetrics(
    string Series, string Target, int Windows, double? Mae, double? Rmse, double? Mase, double? Smape, Baseline? BestBaseline, double? BestBaselineMae)
{
    /// <summary>The error of the model as a share of the best baseline's: below 1 the model is better; null where there is none.</summary>
    public double? ToBest => BestBaselineMae > 0 ? Mae / BestBaselineMae : null;
}
