using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.Onnx;
using LstmTorch.Runtime.PyTorch;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>The README's examples for ONNX Runtime and PyTorch, on the shipped model.</summary>
[Collection(nameof(ReadmeTests))]
public sealed class ExportReadmeTests
{
    private static readonly string s_repository = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..");

    private static readonly ModelFile s_shipped = ModelFile.Read(Path.Combine(s_repository, "checkpoints", "seattle-weather"));

    [Fact]
    public void OnnxExample_OfTheReadme_IsTheCodeBelow()
    {
        string[] readme = [.. Blocks("### ONNX", "csharp").Single().Split('\n').Where(line => line.Length > 0 && !line.StartsWith("using Microsoft", StringComparison.Ordinal))];
        string[] source = File.ReadAllLines(ThisFile());
        int start = Array.FindIndex(source, line => line.EndsWith("// README begins", StringComparison.Ordinal)) + 1;
        int end = Array.FindIndex(source, line => line.EndsWith("// README ends", StringComparison.Ordinal));
        Assert.Equal(readme, source[start..end].Where(line => line.Length > 0).Select(line => line["        ".Length..]));
    }

    [Fact]
    public void OnnxExample_InCSharp_ForecastsAsTheModel()
    {
        using var folder = new TemporaryFolder();
        OnnxExport.Write(folder.File("weather.onnx"), s_shipped);
        string before = Directory.GetCurrentDirectory();
        TextWriter console = Console.Out;
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Directory.SetCurrentDirectory(folder.Path);
        Console.SetOut(output);
        try
        {
            Example();
        }
        finally
        {
            Console.SetOut(console);
            Directory.SetCurrentDirectory(before);
        }

        Assert.Equal(Tomorrow(), output.ToString().TrimEnd());
    }

    [Fact]
    public void OnnxExample_InPython_ForecastsAsTheModel()
    {
        using var folder = new TemporaryFolder();
        OnnxExport.Write(folder.File("weather.onnx"), s_shipped);

        Assert.Equal(Tomorrow(), Python.Run("onnxruntime, numpy", folder.Path, Blocks("### ONNX", "python").Single()).TrimEnd());
    }

    [Fact]
    public void PyTorchExample_ForecastsAsTheModel()
    {
        using var folder = new TemporaryFolder();
        PyTorchExport.Write(folder.File("weather"), s_shipped);

        Assert.Equal(Tomorrow(), Python.Run("torch", folder.Path, Blocks("### PyTorch", "python")[0]).TrimEnd());
    }

    [Fact]
    public void PyTorchExample_OfNnLstm_LoadsAModelWithoutPeepholes()
    {
        using var folder = new TemporaryFolder();
        PyTorchExport.Write(folder.File("weather"), Models.Random(s_shipped.Config with { Peephole = PeepholeKind.None }));

        Python.Run("torch", folder.Path, "import torch\n" + Blocks("### PyTorch", "python")[1]);
    }

    private static void Example()
    {
        // README begins
        using var session = new InferenceSession("weather.onnx");
        float[] day = [0.0f, 12.8f, 5.0f, 4.7f], window = new float[30 * day.Length];
        for (int row = 0; row < 30; row++)
            day.CopyTo(window, row * day.Length);

        // [windows, context length, inputs], oldest row first, to [windows, horizon, targets].
        using OrtValue windows = OrtValue.CreateTensorValueFromMemory(window, [1, 30, 4]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["windows"], [windows], ["forecasts"]);
        Console.WriteLine($"tomorrow {results[0].GetTensorDataAsSpan<float>()[0]:F1} °C");
        // README ends
    }

    /// <summary>What the examples print, by the model itself.</summary>
    private static string Tomorrow()
    {
        float[] day = [0.0f, 12.8f, 5.0f, 4.7f], forecast = new float[1];
        new Forecaster(s_shipped).Forecast([.. Enumerable.Repeat(day, 30).SelectMany(row => row)], forecast);
        return string.Create(CultureInfo.InvariantCulture, $"tomorrow {forecast[0]:F1} °C");
    }

    private static string[] Blocks(string section, string language)
    {
        string readme = File.ReadAllText(Path.Combine(s_repository, "README.md"));
        string text = readme[readme.IndexOf(section, StringComparison.Ordinal)..];
        int end = text.IndexOf("\n##", StringComparison.Ordinal);
        return [.. Regex.Matches(text[..end], $"```{language}\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value)];
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
