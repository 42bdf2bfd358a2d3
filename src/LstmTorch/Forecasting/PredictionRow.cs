namespace LstmTorch.Forecasting;

/// <summary>One forecast of one target for one step, in original units.</summary>
/// <param name="Series">The id of the series; empty where the data is one series.</param>
/// <param name="Origin">The last known row, as the time column writes it.</param>
/// <param name="Timestamp">The row that is forecast, as the time column writes it.</param>
/// <param name="Step">How many steps the forecast row lies after the origin, from 1 to the horizon.</param>
/// <param name="Target">The name of the target column.</param>
/// <param name="Actual">The value that came true; null where it is not known.</param>
/// <param name="Forecast">The forecast.</param>
public sealed record PredictionRow(
    string Series, string Origin, string Timestamp, int Step, string Target, double? Actual, double Forecast);
