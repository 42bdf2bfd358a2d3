using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace LstmTorch.Reporting;

/// <summary>A piece of HTML. Text gets into it only through <see cref="Of"/>, which encodes it.</summary>
internal readonly record struct Html(string Markup)
{
    // Letters of all alphabets stay as they are in a file that is UTF-8; what HTML gives a meaning to does not.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>No HTML at all.</summary>
    public static Html Empty => new("");

    /// <summary>Fills a template: pieces of HTML as they are, everything else encoded, in invariant culture.</summary>
    public static Html Of(FormattableString template) => new(string.Format(
        CultureInfo.InvariantCulture, template.Format, [.. template.GetArguments().Select(Encode)]));

    /// <summary>Puts pieces one after another, a line each.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Join("\n", pieces.Select(piece => piece.Markup)));

    /// <inheritdoc/>
    public override string ToString() => Markup;

    private static object Encode(object? value) => value is Html html
        ? html.Markup
        : Encoder.Encode(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
}
