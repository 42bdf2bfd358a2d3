using LstmTorch.Forecasting;
using LstmTorch.Persistence;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Persistence;

public class MetricsJsonTests
{
    private static readonly ForecastMetrics Model = new(0.1, 0.30000000000000004, 1e-300, null, 200, -0.0, 1);
    private static readonly PartMetrics Part =
        new(3, "2015-01-01", "2015-01-05", Model, ForecastMetrics.Undefined, ForecastMetrics.Undefined);

    private static RunMetrics Metrics => new()
    {
        Target = ["temp_max"],
        Horizon = 2,
        ContextLength = 30,
        Seasonality = 7,
        Parameters = 123_456_789_012,
        Device = "cpu",
        Kernel = "reference",
        Epochs = 100,
        BestEpoch = 42,
        TrainSeconds = 12.5,
        Splits = new Dictionary<string, PartMetrics> { ["test"] = Part, ["train"] = Part, ["validation"] = Part },
    };

    [Fact]
    public void Serialize_ARun_WritesTheDocumentedKeysInTheDocumentedOrder()
    {
        const string part = """
            {"windows":3,"from":"2015-01-01","to":"2015-01-05",
            "model":{"mae":0.1,"rmse":0.30000000000000004,"mse":1E-300,"mape":null,"smape":200,"mase":-0,"r2":1},
            "naive":{"mae":null,"rmse":null,"mse":null,"mape":null,"smape":null,"mase":null,"r2":null},
            "seasonal_naive":{"mae":null,"rmse":null,"mse":null,"mape":null,"smape":null,"mase":null,"r2":null}}
            """;
        const string expected = $$"""
            {"format_version":1,"target":["temp_max"],"horizon":2,"context_length":30,"seasonality":7,
            "parameters":123456789012,"device":"cpu","kernel":"reference","epochs":100,"best_epoch":42,
            "train_seconds":12.5,"splits":{"train":{{part}},"validation":{{part}},"test":{{part}} } }
            """;
        Assert.Equal(WithoutSpaces(expected), WithoutSpaces(MetricsJson.Serialize(Metrics)));
    }

    [Fact]
    public void Serialize_SeveralTargets_WritesEachUnderItsName()
    {
        var target = new TargetMetrics(Model, ForecastMetrics.Undefined, ForecastMetrics.Undefined);
        PartMetrics part = PartMetrics.Of(3, "a", "b", [("Wet Days", target), ("temp", target)]);
        string json = MetricsJson.Serialize(Metrics with { Splits = new Dictionary<string, PartMetrics> { ["test"] = part } });

        Assert.Contains("\"targets\":{\"WetDays\":{\"model\":{\"mae\":0.1,", WithoutSpaces(json), StringComparison.Ordinal);
        Assert.Equal(["Wet Days", "temp"], MetricsJson.Deserialize(json, "metrics.json").Splits["test"].Targets!.Keys);
    }

    [Fact]
    public void Serialize_FurtherBaselines_StandBehindTheNaiveOnes()
    {
        PartMetrics part = Part with { Drift = Model, SeasonMean = Model, Theta = Model, Linear = Model };
        string json = MetricsJson.Serialize(Metrics with { Splits = new Dictionary<string, PartMetrics> { ["test"] = part } });

        int[] places = [.. new[] { "seasonal_naive", "drift", "season_mean", "theta", "linear" }.Select(key => json.IndexOf($"\"{key}\": {{", StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(part, MetricsJson.Deserialize(json, "metrics.json").Splits["test"]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Serialize_NumberThatIsNotFinite_BecomesNull(double value)
    {
        PartMetrics part = Part with { Model = Model with { Mae = value } };
        string json = MetricsJson.Serialize(
            Metrics with { TrainSeconds = value, Splits = new Dictionary<string, PartMetrics> { ["test"] = part } });

        Assert.Contains("\"train_seconds\":null", WithoutSpaces(json), StringComparison.Ordinal);
        Assert.Contains("\"model\":{\"mae\":null,", WithoutSpaces(json), StringComparison.Ordinal);
        RunMetrics read = MetricsJson.Deserialize(json, "metrics.json");
        Assert.Equal(double.NaN, read.TrainSeconds);
        Assert.Null(read.Splits["test"].Model.Mae);
    }

    [Fact]
    public void Deserialize_WhatWasWritten_GivesTheSameMetrics()
    {
        string json = MetricsJson.Serialize(Metrics);
        RunMetrics read = MetricsJson.Deserialize(json, "metrics.json");
        Assert.Equal(Part, read.Splits["validation"]);
        Assert.Equal(["train", "validation", "test"], read.Splits.Keys);
        Assert.Equal(json, MetricsJson.Serialize(read));
    }

    [Theory]
    [InlineData("", "metrics.json, line 1")]
    [InlineData("null", "metrics.json: not the metrics")]
    [InlineData("{\"format_version\":1}", "target")]
    [InlineData("{\n\"horizon\":\"two\"}", "metrics.json, line 2, $.horizon")]
    [InlineData("{\n\"horizon\":1,\n\"horizon\":2}", "horizon")]
    public void Deserialize_DamagedFile_SaysWhereInOneLine(string json, string expected)
    {
        var error = Assert.Throws<LstmTorchException>(() => MetricsJson.Deserialize(json, "metrics.json"));
        Assert.Equal(ErrorKind.Damaged, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Deserialize_NewerVersion_SaysSo()
    {
        string json = MetricsJson.Serialize(Metrics with { FormatVersion = 2 });
        var error = Assert.Throws<LstmTorchException>(() => MetricsJson.Deserialize(json, "metrics.json"));
        Assert.Contains("format_version 2", error.Message, StringComparison.Ordinal);
    }

    private static string WithoutSpaces(string json) => string.Concat(json.Where(letter => !char.IsWhiteSpace(letter)));
}
