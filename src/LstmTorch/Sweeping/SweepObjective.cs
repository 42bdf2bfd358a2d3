using LstmTorch.Forecasting;

namespace LstmTorch.Sweeping;

/// <summary>By what the trials of a sweep are ranked: an error on the validation part, in original units, so that trials of any loss and any scaling compare.</summary>
public enum SweepObjective
{
    /// <summary>The mean absolute error.</summary>
    Mae,

    /// <summary>The root of the mean squared error.</summary>
    Rmse,

    /// <summary>The mean absolute scaled error.</summary>
    Mase,

    /// <summary>The symmetric mean absolute percentage error.</summary>
    Smape,

    /// <summary>The weighted quantile loss, of models that have quantiles.</summary>
    Wql,
}

/// <summary>The values of an objective.</summary>
public static class SweepObjectives
{
    /// <summary>The value for a part; null if it is not defined.</summary>
    public static double? Of(this SweepObjective objective, PartMetrics part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return objective switch
        {
            SweepObjective.Rmse => part.Model.Rmse,
            SweepObjective.Mase => part.Model.Mase,
            SweepObjective.Smape => part.Model.Smape,
            SweepObjective.Wql => part.Quantiles?.Wql,
            _ => part.Model.Mae,
        };
    }

    /// <summary>Its usual name.</summary>
    public static string Title(this SweepObjective objective) => objective == SweepObjective.Smape ? "sMAPE" : objective.ToString().ToUpperInvariant();
}
