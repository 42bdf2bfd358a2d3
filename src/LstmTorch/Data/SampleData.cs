namespace LstmTorch.Data;

/// <summary>
/// The sample that the library carries: four years of daily weather in Seattle, 2012 to 2015. Source: NOAA National Climatic
/// Data Center, public domain, as packaged in vega-datasets.
/// </summary>
public static class SampleData
{
    /// <summary>Its name.</summary>
    public const string Name = "seattle-weather";

    private const string FileName = $"{Name}.csv";

    /// <summary>Reads it as any other file.</summary>
    public static TimeSeriesSet Read(ReadOptions options)
    {
        using Stream stream = Open();
        return SeriesReader.Read(stream, FileName, options);
    }

    /// <summary>The CSV text: date, precipitation (mm), temp_max and temp_min (°C), wind (m/s), weather.</summary>
    public static Stream Open() => typeof(SampleData).Assembly.GetManifestResourceStream(FileName)!;
}
