using ScottPlot;
using SkiaSharp;

namespace LstmTorch.Reporting;

/// <summary>The font of all plots, carried in this assembly.</summary>
/// <remarks>
/// The drawing library brings no font, and its Linux build looks only into /usr/share/fonts: on a bare system all text
/// would silently be missing. With a font of its own a plot also looks the same on every machine.
/// </remarks>
internal sealed class PlotFont : IFontResolver
{
    /// <summary>The name of the font, which no system font has.</summary>
    public const string Name = "LstmTorch DejaVu Sans";

    private static readonly Lazy<SKTypeface> Typeface = new(Load);
    private static readonly Lazy<bool> Registered = new(Register);

    /// <summary>The font for a text: the carried one, or an installed one where it lacks a letter.</summary>
    public static string For(string text)
    {
        _ = Registered.Value;
        if (Typeface.Value.ContainsGlyphs(text))
            return Name;

        string installed = Fonts.Detect(text);
        return string.IsNullOrEmpty(installed) ? Name : installed;
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? Typeface.Value : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName == Name ? Typeface.Value : null;

    private static bool Register()
    {
        Fonts.FontResolvers.Add(new PlotFont());
        return true;
    }

    private static SKTypeface Load()
    {
        const string resource = "LstmTorch.Reporting.DejaVuSans.ttf";
        using Stream stream = typeof(PlotFont).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the assembly lacks its resource {resource}");
        return SKTypeface.FromStream(stream);
    }
}
