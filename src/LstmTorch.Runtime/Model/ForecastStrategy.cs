namespace LstmTorch.Runtime.Model;

/// <summary>How a model comes to the steps of its horizon (Taieb et al., "A review and comparison of strategies for multi-step ahead time series forecasting", 2012).</summary>
public enum ForecastStrategy
{
    /// <summary>The network gives all steps at once.</summary>
    Direct,

    /// <summary>The network gives one step, which joins the window in place of its oldest row, and so on; each network of an ensemble goes its own way.</summary>
    Recursive,
}
