using System.Text.RegularExpressions;
using Xunit;

namespace LstmTorch.Cli.Tests;

/// <summary>docs/reliability.md promises nothing that no test holds.</summary>
public sealed class ReliabilityDocumentTests
{
    private static readonly string s_document = File.ReadAllText(Path.Combine(Tool.Repository, "docs", "reliability.md"));

    [Fact]
    public void Promises_EachNameATest()
    {
        string[] rows = [.. s_document.Split('\n').Where(line => line.StartsWith('|') && !line.StartsWith("|---", StringComparison.Ordinal) && !line.EndsWith("| test |", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Matches(@"`\w+Tests\.\w+`", row));
    }

    [Fact]
    public void Tests_ThatItNames_Exist()
    {
        Dictionary<string, string> sources = Directory.GetFiles(Path.Combine(Tool.Repository, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(path => Path.GetFileNameWithoutExtension(path)!).ToDictionary(files => files.Key, files => string.Concat(files.Select(File.ReadAllText)));
        foreach (Match test in Regex.Matches(s_document, @"`(\w+Tests)\.(\w+)`"))
        {
            Assert.True(sources.TryGetValue(test.Groups[1].Value, out string? source), test.Value);
            Assert.Contains($" {test.Groups[2].Value}(", source, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Variables_OfTheLongRuns_AreReadByTests()
    {
        string tests = string.Concat(Directory.GetFiles(Path.Combine(Tool.Repository, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        foreach (Match variable in Regex.Matches(s_document, "LSTMTORCH_[A-Z_]+"))
            Assert.Contains($"\"{variable.Value}\"", tests, StringComparison.Ordinal);
    }
}
