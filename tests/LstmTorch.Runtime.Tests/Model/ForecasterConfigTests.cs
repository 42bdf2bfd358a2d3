using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public class ForecasterConfigTests
{
    public static TheoryData<string, ForecasterConfig> OutOfRange => new()
    {
        { "inputs must be", Configs.Example with { Inputs = [] } },
        { "inputs must be", Configs.Example with { Inputs = ["a", null!] } },
        { "targets must be", Configs.Example with { Targets = [] } },
        { "context_length must be at least 1", Configs.Example with { ContextLength = 0 } },
        { "horizon must be at least 1", Configs.Example with { Horizon = 0 } },
        { "hidden_sizes must be", Configs.Example with { HiddenSizes = [] } },
        { "hidden_sizes must be", Configs.Example with { HiddenSizes = [1, 0] } },
        { "hidden_sizes must be", Configs.Example with { HiddenSizes = [65537] } },
        { "dropout must be from 0 to below 1", Configs.Example with { Dropout = 1 } },
        { "dropout must be from 0 to below 1", Configs.Example with { Dropout = -double.Epsilon } },
        { "dropout must be from 0 to below 1", Configs.Example with { Dropout = double.NaN } },
        { "input_scalers must be one for each input", Configs.Example with { InputScalers = [ColumnScaler.Identity] } },
        { "target_scalers must be one for each target", Configs.Example with { TargetScalers = [] } },
        { "input_scalers and target_scalers must be finite", Configs.Example with { InputScalers = [new(double.NaN, 1), new(0, 1)] } },
        { "input_scalers and target_scalers must be finite", Configs.Example with { InputScalers = [new(0, 1), new(0, 0)] } },
        { "input_scalers and target_scalers must be finite", Configs.Example with { TargetScalers = [new(0, 1), new(0, 1), new(0, double.PositiveInfinity)] } },
        { "interval_rate must be from 0 to 1", Configs.Example with { IntervalRate = 1.5 } },
        { "quantiles must be empty for a model of one number", Configs.Example with { Quantiles = [0.5] } },
        { "quantiles must be at most 1000, with 0.5 among them", Quantiles(0.1, 0.9) },
        { "quantiles must be shares between 0 and 1", Quantiles(0, 0.5) },
        { "quantiles must be shares between 0 and 1", Quantiles(0.5, 0.5) },
        { "quantiles must be shares between 0 and 1", Quantiles(0.9, 0.5) },
        { "target_scalers must be above 0", Quantiles(0.5) with { TargetScalers = Configs.Example.TargetScalers } },
        { "intervals must be between quantiles", Quantiles(0.1, 0.5) with { Intervals = [new(0.8, [-1, 0, 1, 2, 3, 4])], SmallestChanges = [1, 1, 1] } },
        { "intervals must be shares", Configs.Example with { Intervals = [new(0.8, [-1, 0, 1, 2, 3, 4])], SmallestChanges = [1, 1, 1] } },
        { "normalize must be another than difference", Quantiles(0.5) with { Targets = ["temp_max", "temp_max", "temp_max"], Normalize = WindowNormalization.Difference } },
        { "insert_rows must be false where there is no time column", Configs.Example with { InsertRows = true, TimeColumn = null } },
        { "insert_rows must be false where there is no time column, or missing values are not filled", Configs.Example with { InsertRows = true, Missing = MissingValues.Drop } },
        { "seasonality must be at least 1", Configs.Example with { Seasonality = 0 } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Validate_ValueOutOfRange_IsAUsageErrorThatNamesIt(string expected, ForecasterConfig config) =>
        Refusal.Of(ErrorKind.Usage, expected, config.Validate);

    /// <summary>Intervals between quantiles may be narrower than these.</summary>
    [Fact]
    public void Validate_IntervalsBetweenQuantiles_AreAccepted() =>
        (Quantiles(0.1, 0.5, 0.9) with { Intervals = [new(0.8, [-1, 0, 1, 2, 3, 4])], SmallestChanges = [1, 1, 1] }).Validate();

    [Fact]
    public void Validate_DifferencesOfOneStepWithQuantiles_AreAccepted() =>
        (Quantiles(0.5) with { Targets = ["temp_max", "temp_max", "temp_max"], Normalize = WindowNormalization.Difference, Horizon = 1 }).Validate();

    private static ForecasterConfig Quantiles(params double[] quantiles) => Configs.Example with
    {
        Distribution = OutputDistribution.Quantiles,
        Quantiles = quantiles,
        TargetScalers = [ColumnScaler.Identity, ColumnScaler.Identity, ColumnScaler.Identity],
    };

    [Fact]
    public void Validate_ValuesAtTheirBorders_AreAccepted() => (Configs.Example with
    {
        ContextLength = 1,
        Horizon = 1,
        HiddenSizes = [1, ForecasterConfig.MaximumHiddenSize],
        Dropout = 0,
        Seasonality = 1,
    }).Validate();

    [Fact]
    public void Defaults_AreThoseOfTheDocumentedModel()
    {
        var config = new ForecasterConfig { Inputs = ["a"], Targets = ["a"], InputScalers = [ColumnScaler.Identity], TargetScalers = [ColumnScaler.Identity] };

        Assert.Equal(
            """{"format_version":1,"inputs":["a"],"targets":["a"],"context_length":30,"horizon":1,"hidden_sizes":[50,50,50],"dropout":0.2,"peephole":"full","connections":"ifco","scaler":"minmax","input_scalers":[{"offset":0,"scale":1}],"target_scalers":[{"offset":0,"scale":1}],"time_column":null,"series_id_column":null,"seasonality":1,"missing":"error","normalize":"none","patch_length":1,"highway":false,"intervals":[],"smallest_changes":[],"members":1,"calendar":[],"normalize_except":[],"dropout_kind":"standard","recurrent_dropout":0,"strategy":"direct","series_scales":[],"distribution":"point","quantiles":[],"interval_rate":0,"categories":[],"future_covariates":[],"series_columns":[],"time_step":null,"insert_rows":false}""",
            ForecasterConfigJson.Serialize(config));
    }
}
