using LstmTorch.Data;
using LstmTorch.Runtime;

namespace LstmTorch.Predict;

/// <summary>The command line, <c>MODEL DATA.csv [--out FILE]</c>.</summary>
/// <param name="Model">A run directory, or a model.safetensors.</param>
/// <param name="Data">The CSV file.</param>
/// <param name="Output">The CSV file to write; null for standard output.</param>
internal sealed record Arguments(string Model, string Data, string? Output)
{
    public const string Help = """
        Forecasts what follows the end of the data, as CSV in original units.

        Usage:
          lstmtorch-predict MODEL DATA.csv [--out FILE]

        MODEL       A run directory, or a model.safetensors.
        DATA.csv    The data, as the model was trained on: a header, one row a moment, oldest first; - for standard input.
        --out FILE  The CSV file to write. Default: standard output.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="LstmTorchException">It is none that this program takes.</exception>
    public static Arguments Parse(string[] args)
    {
        var names = new List<string>();
        string? output = null;
        for (int n = 0; n < args.Length; n++)
        {
            if (args[n] == "--out")
            {
                if (output is not null || n + 1 == args.Length)
                    throw Wrong(output is null ? "--out needs a file" : "--out is given twice");
                output = args[++n];
            }
            else if (args[n].StartsWith('-') && args[n] != SeriesReader.StandardInput)
            {
                throw Wrong($"there is no option '{args[n]}'");
            }
            else
            {
                names.Add(args[n]);
            }
        }

        return names is [var model, var data]
            ? new Arguments(model, data, output)
            : throw Wrong(names.Count < 2 ? "name a model and a CSV file" : $"'{names[2]}' is one name too many");
    }

    private static LstmTorchException Wrong(string what) =>
        new(ErrorKind.Usage, $"{what}; usage: lstmtorch-predict MODEL DATA.csv [--out FILE]");
}
