using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LstmTorch.Data;
using LstmTorch.Forecasting;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void LibraryExample_OfTheReadme_IsTheCodeBelow()
    {
        string[] readme = [.. CSharpBlock().Where(line => line.Length > 0 && !line.StartsWith("using LstmTorch", StringComparison.Ordinal))];
        string[] source = File.ReadAllLines(ThisFile());
        int start = Array.FindIndex(source, line => line.EndsWith("// README begins", StringComparison.Ordinal)) + 1;
        int end = Array.FindIndex(source, line => line.EndsWith("// README ends", StringComparison.Ordinal));
        Assert.Equal(readme, source[start..end].Where(line => line.Length > 0).Select(line => line["        ".Length..]));
    }

    [Fact]
    public void ProjectFile_OfTheReadme_NamesWhatIsThere()
    {
        string repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));
        var project = XElement.Parse(Regex.Match(File.ReadAllText(Path.Combine(repository, "README.md")), "```xml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value);
        string[] files = [(string)project.Descendants("ProjectReference").Single().Attribute("Include")!, (string)project.Element("Import")!.Attribute("Project")!];

        Assert.EndsWith("LstmTorch.targets", files[1], StringComparison.Ordinal);
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(repository, file["../LstmTorch/".Length..])), file));
        XElement package = project.Descendants("PackageReference").Single();
        Assert.Contains(
            $"<PackageVersion Include=\"{package.Attribute("Include")!.Value}\" Version=\"{package.Attribute("Version")!.Value}\" />",
            File.ReadAllText(Path.Combine(repository, "Directory.Packages.props")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void LibraryExample_OnSomeSales_Runs()
    {
        using var folder = new TemporaryFolder();
        string before = Directory.GetCurrentDirectory();
        TextWriter console = Console.Out;
        using var output = new StringWriter();
        Directory.SetCurrentDirectory(folder.Path);
        Console.SetOut(output);
        try
        {
            File.WriteAllText("sales.csv", "date,revenue,visitors\n" + string.Concat(Enumerable.Range(0, 150).Select(day => string.Create(
                CultureInfo.InvariantCulture, $"{new DateTime(2024, 1, 1).AddDays(day):yyyy-MM-dd},{100 + (20 * Math.Sin(day * 0.9)):F2},{day % 7}\n"))));
            Example();
        }
        finally
        {
            Console.SetOut(console);
            Directory.SetCurrentDirectory(before);
        }

        string[] lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.StartsWith("MAE ", lines[0], StringComparison.Ordinal);
        Assert.Equal(8, lines.Length);
        Assert.StartsWith("2024-05-30 revenue ", lines[1], StringComparison.Ordinal);
    }

    private static void Example()
    {
        // README begins
        // Train on a file: everything that the command does, with a record of options.
        RunResult run = TrainingRun.Run(new RunOptions
        {
            Data = "sales.csv",
            Target = ["revenue"],
            Horizon = 7,
            Peephole = PeepholeKind.Diagonal,
            Epochs = 20,
            Out = "checkpoints/by-code",
        });
        ForecastMetrics model = run.Metrics!.Splits["test"].Model, naive = run.Metrics.Splits["test"].Naive;
        Console.WriteLine($"MAE {model.Mae:F2}, naive {naive.Mae:F2}");

        // Forecast with it, now or later.
        using TrainedModel trained = TrainedModel.Load("checkpoints/by-code");
        TimeSeriesSet sales = trained.Read("sales.csv");
        foreach (PredictionRow row in trained.PredictNext(sales))
            Console.WriteLine($"{row.Timestamp} {row.Target} {row.Forecast:F1}");
        // README ends
    }

    private static IEnumerable<string> CSharpBlock() => File.ReadLines(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "README.md"))
        .SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```");

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
