using System.Globalization;
using Xunit;

namespace LstmTorch.Cli.Tests;

public sealed class ExperimentCommandTests : IDisposable
{
    private readonly Tool _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Experiment_Illness_PrintsModelAndPublishedFigures()
    {
        string columns = "date,% WEIGHTED ILI,%UNWEIGHTED ILI,AGE 0-4,AGE 5-24,ILITOTAL,NUM. OF PROVIDERS,OT";
        _tool.Write("ili.csv", $"{columns}\n{string.Concat(Enumerable.Range(0, 300).Select(week => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2002, 1, 1).AddDays(7 * week):yyyy-MM-dd},{week % 7},{week % 5},{week % 3},{week % 11},{week},{week % 2},{week % 13}\n")))}");
        ToolResult result = _tool.Run("experiment", "illness", "--data", "ili.csv", "--seeds", "1", "--epochs", "1", "--hidden-size", "2");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("horizon 24, seed 0: MSE ", result.Error, StringComparison.Ordinal);
        Assert.Contains("NLinear (Zeng et al., 2023)", result.Output, StringComparison.Ordinal);
        Assert.Contains("1.683", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Experiment_UnknownName_ListsThem()
    {
        ToolResult result = _tool.Run("experiment", "m5", "--data", "x.csv");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("there is no command 'm5'; name one of etth1, illness, m4-hourly", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Experiment_MissingFile_IsNotFound() =>
        Assert.Equal(66, _tool.Run("experiment", "etth1", "--data", "none.csv").ExitCode);
}
