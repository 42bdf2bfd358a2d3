using SkiaSharp;

namespace LstmTorch.Tests.Reporting;

/// <summary>The pixels of a PNG image that have exactly one colour: where a plot drew a line of that colour.</summary>
internal sealed class PlotPixels
{
    // Below this row of an image of 720 rows lie the axis and the legend, above it the data.
    private const int DataBottom = 600;

    private readonly SKColor[] _pixels;

    public PlotPixels(byte[] png)
    {
        using SKBitmap bitmap = SKBitmap.Decode(png);
        (Width, Height) = (bitmap.Width, bitmap.Height);
        _pixels = bitmap.Pixels;
    }

    public int Width { get; }

    public int Height { get; }

    public int Count(ScottPlot.Color color) => At(color).Count();

    /// <summary>The mean row (0 is the top) of a colour in the data between two columns.</summary>
    public double MeanRow(ScottPlot.Color color, int first, int last) =>
        InData(color).Where(pixel => pixel.Column >= first && pixel.Column <= last).Average(pixel => pixel.Row);

    /// <summary>The first and the last column of a colour in the data: the extent of a line.</summary>
    public (int First, int Last) Columns(ScottPlot.Color color)
    {
        int[] columns = [.. InData(color).Select(pixel => pixel.Column)];
        return (columns.Min(), columns.Max());
    }

    /// <summary>The column with the most pixels of a colour: a vertical line.</summary>
    public int FullestColumn(ScottPlot.Color color) =>
        At(color).GroupBy(pixel => pixel.Column).MaxBy(column => column.Count())!.Key;

    private IEnumerable<(int Column, int Row)> InData(ScottPlot.Color color) =>
        At(color).Where(pixel => pixel.Row < DataBottom);

    private IEnumerable<(int Column, int Row)> At(ScottPlot.Color color)
    {
        var wanted = new SKColor(color.R, color.G, color.B);
        for (int n = 0; n < _pixels.Length; n++)
        {
            if (_pixels[n] == wanted)
                yield return (n % Width, n / Width);
        }
    }
}
