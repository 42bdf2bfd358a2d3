using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Backtesting;

/// <summary>What a backtest tells and asks while it goes on; each may be null.</summary>
public sealed record BacktestEvents
{
    /// <summary>Asked, before a fold's model is trained, for the one that was trained for it before.</summary>
    public Func<int, ModelFile?>? Find { get; init; }

    /// <summary>Told of a fold, from 1, and the model that was trained for it.</summary>
    public Action<int, ModelFile>? Trained { get; init; }

    /// <summary>Told of a fold's result and its forecasts.</summary>
    public Action<FoldResult, IReadOnlyList<PredictionRow>>? FoldEnded { get; init; }
}
