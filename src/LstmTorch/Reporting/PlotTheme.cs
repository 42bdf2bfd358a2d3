using ScottPlot;

namespace LstmTorch.Reporting;

/// <summary>The colours of a plot.</summary>
public enum PlotTheme
{
    /// <summary>Dark lines on white: for files and print.</summary>
    Light,

    /// <summary>Light lines on near black: for a report that is read in the dark.</summary>
    Dark,
}

/// <summary>The colours of one theme. For colour-blind readers, the lines differ in lightness too.</summary>
internal sealed record PlotColors(Color Background, Color Text, Color Grid, Color Actual, Color Forecast, Color Naive)
{
    private static readonly PlotColors Light = new(
        new("#ffffff"), new("#333b45"), new("#e4e7eb"), new("#1f2933"), new("#d9480f"), new("#a9b4c0"));

    private static readonly PlotColors Dark = new(
        new("#161a1f"), new("#c3ccd6"), new("#2b323a"), new("#e8edf2"), new("#ff8a4c"), new("#5d6b7a"));

    public static PlotColors Of(PlotTheme theme) => theme == PlotTheme.Dark ? Dark : Light;
}
