using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>Every command of the README, in its order, in a folder as a clone's is.</summary>
public sealed class ReadmeTests : IDisposable
{
    private const string Checkout = "dotnet run -c Release --project src/LstmTorch.Cli -- ";

    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Commands_OfTheReadme_Work()
    {
        string shipped = Path.Combine(Tool.Repository, "checkpoints", "seattle-weather");
        Directory.CreateDirectory(_tool.At("checkpoints/seattle-weather"));
        foreach (string file in Directory.GetFiles(shipped))
            File.Copy(file, Path.Combine(_tool.At("checkpoints/seattle-weather"), Path.GetFileName(file)));
        _tool.Write("sales.csv", "date,revenue,price,visitors\n" + string.Concat(Enumerable.Range(0, 150).Select(day => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2024, 1, 1).AddDays(day):yyyy-MM-dd},{100 + (20 * Math.Sin(day * 0.9)):F2},{5 + (day % 3)},{day % 7}\n"))));

        List<(string Command, string Output)> ran = [];
        foreach (string command in Commands())
        {
            // What a benchmark measures is of no interest here, only that it runs.
            string[] shorter = command.StartsWith("bench", StringComparison.Ordinal) ? ["--seconds", "0.1", "--processes", "1"] : [];
            ToolResult result = _tool.Run([.. command.Split(' '), .. shorter]);
            Assert.True(result.ExitCode == 0, $"{command}: {result.Error}");
            ran.Add((command, result.Output));
        }

        Assert.Equal(["train", "predict checkpoints/seattle-weather"], ran.Take(2).Select(entry => entry.Command));
        Assert.Contains("temp_max on the test part: the model does not beat the best baseline, linear.", ran[0].Output, StringComparison.Ordinal);
        Assert.Contains("written to checkpoints/seattle-weather-2", ran[0].Output, StringComparison.Ordinal);

        // What needs no training is the same everywhere, line by line.
        string[] baselines = [.. Blocks("text").First().Split('\n').Where(line => line.StartsWith("             ", StringComparison.Ordinal))];
        Assert.Equal(15, baselines.Length);
        Assert.All(baselines, line => Assert.Contains(line, ran[0].Output, StringComparison.Ordinal));

        // The bar that the README's first claim stands on, with room for another processor's rounding: the last value scores 2.93.
        string[] test = Regex.Split(ran[0].Output.Split('\n').First(line => line.StartsWith("test ", StringComparison.Ordinal)), " +");
        Assert.InRange(double.Parse(test[3], CultureInfo.InvariantCulture), 2.4, 2.92);
        Assert.Equal(Blocks("text").ElementAt(1).TrimEnd(), Rounded(ran[1].Output, Blocks("text").ElementAt(1)));
        string[] explained = ran.Single(entry => entry.Command.StartsWith("explain ", StringComparison.Ordinal)).Output.Split('\n');
        Assert.All(Blocks("text").ElementAt(2).Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(explained, shown => AreAlike(line, shown)));
        Assert.Equal(8, ran.Single(entry => entry.Command == "predict checkpoints/sales").Output.TrimEnd().Split('\n').Length);
    }

    /// <summary>As the README makes and installs it, but into this test's folder.</summary>
    [Fact]
    public void Package_IsAToolThatTrains()
    {
        string[] commands = [.. Blocks("sh").SelectMany(block => block.Split('\n')).Where(IsOfPackage)];
        Assert.Equal(2, commands.Length);
        string pack = commands[0].Replace("src/LstmTorch.Cli", Path.Combine(Tool.Repository, "src", "LstmTorch.Cli"), StringComparison.Ordinal)
            .Replace("-c Release", $"-c {Tool.BuildFact("Configuration")} --no-build", StringComparison.Ordinal);
        string install = commands[1].Replace("-g ", "--tool-path tool ", StringComparison.Ordinal);
        foreach (string command in new[] { pack, install })
            _tool.RunProgram(Tool.DotNet, command["dotnet ".Length..].Split(' ')).Exits(0);

        _tool.WriteSeries();
        string program = _tool.At("tool", OperatingSystem.IsWindows() ? "lstmtorch.exe" : "lstmtorch");
        string output = _tool.RunProgram(program, ["train", "series.csv", "--out", "run", .. Tool.Tiny, "--epochs", "1"]).Exits(0).Output;
        Assert.Contains("written to run", output, StringComparison.Ordinal);
        Assert.Equal(_tool.Run("predict", "run").Exits(0).Output, _tool.RunProgram(program, "predict", "run").Exits(0).Output);
    }

    [Fact]
    public void Verbs_AndFiles_ThatTheReadmeNames_Exist()
    {
        string readme = File.ReadAllText(Path.Combine(Tool.Repository, "README.md"));
        foreach (Match link in Regex.Matches(readme, @"\]\((?!http)([^)]+)\)"))
            Assert.True(File.Exists(Path.Combine(Tool.Repository, link.Groups[1].Value)), link.Value);
        string help = _tool.Run("--help").Output;
        foreach (Match verb in Regex.Matches(readme, @"^\| `(\w+)", RegexOptions.Multiline))
            Assert.Contains(verb.Groups[1].Value, help, StringComparison.Ordinal);
        string options = _tool.Run("train", "--help").Output + _tool.Run("sweep", "init", "--help").Output + _tool.Run("sweep", "run", "--help").Output;
        foreach (Match option in Regex.Matches(readme[readme.IndexOf("What you will want next", StringComparison.Ordinal)..readme.IndexOf("## As a library", StringComparison.Ordinal)], "`(--[a-z-]+)"))
            Assert.Contains(option.Groups[1].Value, options, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Commands() => Blocks("sh").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Where(line => line != "dotnet test -c Release" && !IsOfPackage(line))
        .Select(line => line.StartsWith(Checkout, StringComparison.Ordinal) ? line[Checkout.Length..] : line["lstmtorch ".Length..]);

    private static bool IsOfPackage(string line) => line.StartsWith("dotnet pack ", StringComparison.Ordinal) || line.StartsWith("dotnet tool ", StringComparison.Ordinal);

    private static IEnumerable<string> Blocks(string language) => Regex
        .Matches(File.ReadAllText(Path.Combine(Tool.Repository, "README.md")), $"```{language}\n(.*?)```", RegexOptions.Singleline)
        .Select(match => match.Groups[1].Value);

    /// <summary>Whether two lines differ by no more than a processor's rounding in the last digits of their numbers.</summary>
    private static bool AreAlike(string expected, string actual)
    {
        string[] some = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), others = actual.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return some.Length == others.Length && some.Zip(others).All(pair =>
            double.TryParse(pair.First, CultureInfo.InvariantCulture, out double number) && double.TryParse(pair.Second, CultureInfo.InvariantCulture, out double other)
                ? Math.Abs(number - other) <= (pair.First.Length - pair.First.IndexOf('.', StringComparison.Ordinal) > 2 ? 2e-4 : 0.11)
                : pair.First == pair.Second);
    }

    /// <summary>The output with its last number as the README has it, if the two differ only by a processor's rounding.</summary>
    private static string Rounded(string output, string expected)
    {
        static (string Text, double Number) Last(string csv) =>
            (csv.TrimEnd()[..csv.TrimEnd().LastIndexOf(',')], double.Parse(csv.TrimEnd().Split(',')[^1], CultureInfo.InvariantCulture));
        var (text, number) = Last(output);
        var (_, wanted) = Last(expected);
        return Math.Abs(number - wanted) < 1e-4 ? $"{text},{expected.TrimEnd().Split(',')[^1]}" : output.TrimEnd();
    }
}
