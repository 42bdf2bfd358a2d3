using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit;

namespace LstmTorch.Runtime.Tests;

/// <summary>The example of the README for programs that only forecast. It writes to the console and the current folder, which are the process's.</summary>
[Collection(nameof(ReadmeTests))]
[CollectionDefinition(nameof(ReadmeTests), DisableParallelization = true)]
public sealed class ReadmeTests
{
    private static readonly string s_repository = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..");

    [Fact]
    public void RuntimeExample_OfTheReadme_IsTheCodeBelow()
    {
        string[] readme = [.. File.ReadLines(Path.Combine(s_repository, "README.md"))
            .SkipWhile(line => line != "### In C#, without libtorch").SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```")
            .Where(line => line.Length > 0 && !line.StartsWith("using LstmTorch", StringComparison.Ordinal))];
        string[] source = File.ReadAllLines(ThisFile());
        int start = Array.FindIndex(source, line => line.EndsWith("// README begins", StringComparison.Ordinal)) + 1;
        int end = Array.FindIndex(source, line => line.EndsWith("// README ends", StringComparison.Ordinal));
        Assert.NotEmpty(readme);
        Assert.Equal(readme, source[start..end].Where(line => line.Length > 0).Select(line => line["        ".Length..]));
    }

    [Fact]
    public void RuntimeExample_OnTheShippedModel_Runs()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("checkpoints/seattle-weather"));
        File.Copy(Path.Combine(s_repository, "checkpoints/seattle-weather/model.safetensors"), folder.File("checkpoints/seattle-weather/model.safetensors"));
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

        string[] lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal("30 rows of precipitation, temp_max, temp_min, wind", lines[0]);
        Assert.InRange(double.Parse(lines[1].Split(' ')[1], CultureInfo.InvariantCulture), 8, 16);
        Assert.Equal($"after 30 days {lines[1].Split(' ')[1]} °C", lines[2]);
        Assert.True(File.Exists(folder.File("weather.state")));
    }

    private static void Example()
    {
        // README begins
        Forecaster forecaster = Forecaster.Load("checkpoints/seattle-weather");
        Console.WriteLine($"{forecaster.Config.ContextLength} rows of {string.Join(", ", forecaster.Config.Inputs)}");

        // One window or many, oldest row first, values as they were measured: [windows, context length, inputs].
        float[] day = [0.0f, 12.8f, 5.0f, 4.7f], window = new float[forecaster.WindowSize], forecast = new float[forecaster.ForecastSize];
        for (int row = 0; row < forecaster.Config.ContextLength; row++)
            day.CopyTo(window, row * day.Length);
        forecaster.Forecast(window, forecast);
        Console.WriteLine($"tomorrow {forecast[0]:F1} °C");

        // Or row by row: the state is carried from one observation to the next, and can be kept.
        StreamingForecaster stream = forecaster.Stream();
        for (int row = 0; row < forecaster.Config.ContextLength; row++)
            stream.Observe(day);
        stream.Forecast(forecast);
        File.WriteAllBytes("weather.state", stream.SaveState());
        Console.WriteLine($"after {stream.Observations} days {forecast[0]:F1} °C");
        // README ends
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
