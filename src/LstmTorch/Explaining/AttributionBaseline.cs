namespace LstmTorch.Explaining;

/// <summary>The window that says nothing: a forecast is explained by what makes it differ from the forecast of this one.</summary>
public enum AttributionBaseline
{
    /// <summary>
    /// Every row of the window is the mean of the reference rows on the network's scale: the training rows of the data that the model
    /// was trained on, or all rows of other data. Values that were filled do not count.
    /// </summary>
    /// <remarks>
    /// 0 would be the smallest value of a column that is scaled to [0, 1], of which no window consists; the mean is a row as ordinary as
    /// any, and the same for all windows, so that their attributions can be compared.
    /// </remarks>
    Mean,

    /// <summary>
    /// Every row of the window is that of the origin: what the changes within the window add. The level itself gets no share, which
    /// would otherwise drown the rest where <see cref="Runtime.Model.WindowNormalization"/> gives it back to the forecast.
    /// </summary>
    Last,
}
