using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public class ForecasterConfigJsonTests
{
    private const string Where = "model.safetensors";

    private const string ExampleText =
        "{\"format_version\":1,\"inputs\":[\"temp_max\",\"Wind \\u0022\\u00FC\\u0022\"],\"targets\":[\"temp_max\",\"rain\",\"snow\"],"
        + "\"context_length\":14,\"horizon\":2,\"hidden_sizes\":[5,3],\"dropout\":0.1,\"peephole\":\"full\",\"connections\":\"ifco\","
        + "\"scaler\":\"standard\",\"input_scalers\":[{\"offset\":12.5,\"scale\":3},{\"offset\":-0.1,\"scale\":1E-300}],"
        + "\"target_scalers\":[{\"offset\":12.5,\"scale\":3},{\"offset\":0.30000000000000004,\"scale\":7},{\"offset\":0,\"scale\":-1}],"
        + "\"time_column\":\"date\",\"series_id_column\":null,\"seasonality\":7,\"missing\":\"forward-fill\",\"normalize\":\"none\","
        + "\"patch_length\":1,\"highway\":false,\"intervals\":[],\"smallest_changes\":[],\"members\":1,"
        + "\"calendar\":[],\"normalize_except\":[],\"dropout_kind\":\"standard\",\"recurrent_dropout\":0,\"strategy\":\"direct\",\"series_scales\":[],\"distribution\":\"point\",\"quantiles\":[],\"interval_rate\":0,\"categories\":[],\"future_covariates\":[],\"series_columns\":[],\"time_step\":null,\"insert_rows\":false}";

    // Files from before these have none of them.
    private static readonly string[] s_windowOptions = ["normalize", "patch_length", "highway", "intervals", "smallest_changes", "members", "calendar", "normalize_except", "dropout_kind", "recurrent_dropout", "strategy", "series_scales", "distribution", "quantiles", "interval_rate",
        "categories", "future_covariates", "series_columns", "time_step", "insert_rows"];

    public static TheoryData<string> Keys => [.. JsonNode.Parse(ExampleText)!.AsObject().Select(entry => entry.Key)];

    public static TheoryData<string> RequiredKeys => [.. JsonNode.Parse(ExampleText)!.AsObject().Select(entry => entry.Key).Except(s_windowOptions)];

    [Fact]
    public void Serialize_TheExample_GivesTheDocumentedText() => Assert.Equal(ExampleText, ForecasterConfigJson.Serialize(Configs.Example));

    [Fact]
    public void Deserialize_TheDocumentedText_GivesTheExample() =>
        Configs.AssertEqual(Configs.Example, ForecasterConfigJson.Deserialize(ExampleText, Where));

    [Fact]
    public void Deserialize_KeysInAnotherOrderAndWhiteSpace_GivesTheExample()
    {
        var reversed = new JsonObject(JsonNode.Parse(ExampleText)!.AsObject().Reverse().Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));

        Configs.AssertEqual(Configs.Example, ForecasterConfigJson.Deserialize($" {reversed.ToJsonString(s_indented)}\r\n", Where));
    }

    [Fact]
    public void Serialize_AnyConfiguration_ReadsBackAsTheSame() => Configs.Any.Sample(config =>
    {
        string json = ForecasterConfigJson.Serialize(config);
        ForecasterConfig read = ForecasterConfigJson.Deserialize(json, Where);

        Configs.AssertEqual(config, read);
        Assert.Equal(json, ForecasterConfigJson.Serialize(read));
    });

    [Theory]
    [InlineData("peephole", "none", PeepholeKind.None)]
    [InlineData("peephole", "diagonal", PeepholeKind.Diagonal)]
    [InlineData("peephole", "full", PeepholeKind.Full)]
    [InlineData("scaler", "none", ScalerKind.None)]
    [InlineData("scaler", "minmax", ScalerKind.MinMax)]
    [InlineData("scaler", "standard", ScalerKind.Standard)]
    [InlineData("missing", "error", MissingValues.Error)]
    [InlineData("missing", "interpolate", MissingValues.Interpolate)]
    [InlineData("missing", "forward-fill", MissingValues.ForwardFill)]
    [InlineData("missing", "drop", MissingValues.Drop)]
    public void Deserialize_EachWord_MeansItsValue(string key, string word, object value)
    {
        ForecasterConfig read = ForecasterConfigJson.Deserialize(With(key, $"\"{word}\""), Where);

        Assert.Equal(value, key switch { "peephole" => read.Peephole, "scaler" => read.Scaler, _ => (object)read.Missing });
    }

    [Theory]
    [InlineData("none", WindowNormalization.None)]
    [InlineData("last", WindowNormalization.Last)]
    [InlineData("mean", WindowNormalization.Mean)]
    [InlineData("revin", WindowNormalization.Revin)]
    [InlineData("difference", WindowNormalization.Difference)]
    public void Normalize_EachWord_MeansItsValue(string word, WindowNormalization value)
    {
        ForecasterConfig config = Configs.Example with { Targets = ["temp_max"], TargetScalers = [new(12.5, 3)], Normalize = value };
        string json = ForecasterConfigJson.Serialize(config);

        Assert.Contains($"\"normalize\":\"{word}\"", json, StringComparison.Ordinal);
        Assert.Equal(value, ForecasterConfigJson.Deserialize(json, Where).Normalize);
    }

    [Fact]
    public void SeriesScales_OfAFile_AreReadBack()
    {
        ForecasterConfig config = Configs.Example with { SeriesScales = [new("a", [new(1, 2), new(3, 4, 0.5)], [new(5, 6), new(7, 8), new(9, 10)])] };
        Configs.AssertEqual(config, ForecasterConfigJson.Deserialize(ForecasterConfigJson.Serialize(config), Where));
    }

    [Fact]
    public void DropoutKind_OfAFile_IsReadBack()
    {
        ForecasterConfig config = Configs.Example with { DropoutKind = DropoutKind.Variational, RecurrentDropout = 0.25 };
        string json = ForecasterConfigJson.Serialize(config);

        Assert.Contains("\"dropout_kind\":\"variational\",\"recurrent_dropout\":0.25,", json, StringComparison.Ordinal);
        Configs.AssertEqual(config, ForecasterConfigJson.Deserialize(json, Where));
    }

    [Fact]
    public void Normalize_TargetThatIsNoInput_IsRefused() =>
        Assert.Contains("normalize must be none", Refused(With("normalize", "\"last\"")), StringComparison.Ordinal);

    [Theory]
    [InlineData("recurrent_dropout", "1", "recurrent_dropout must be from 0 to below 1")]
    [InlineData("series_scales", "[{\"id\":\"a\",\"input_scalers\":[],\"target_scalers\":[]}]", "series_scales must be one for each series")]
    [InlineData("series_scales", "[null]", "series_scales must be one for each series")]
    [InlineData("strategy", "\"recursive\"", "strategy must be direct where the inputs are not the targets")]
    [InlineData("dropout_kind", "\"zoneout\"", "expected one of standard, variational")]
    [InlineData("patch_length", "0", "patch_length must be a divisor of the context length")]
    [InlineData("patch_length", "5", "patch_length must be a divisor of the context length")]
    [InlineData("intervals", "[{\"coverage\":1,\"half_widths\":[1,1,1,1,1,1]}]", "intervals must be shares between 0 and 1")]
    [InlineData("intervals", "[{\"coverage\":0.8,\"half_widths\":[1]}]", "intervals must be shares between 0 and 1")]
    [InlineData("intervals", "[{\"coverage\":0.8,\"half_widths\":[1,1,1,1,1,-1]}]", "intervals must be shares between 0 and 1")]
    [InlineData("intervals", "[{\"coverage\":0.8,\"half_widths\":[1,1,1,1,1,1]}]", "smallest_changes must be one above 0 for each target")]
    [InlineData("smallest_changes", "[1,1,1]", "smallest_changes must be one above 0 for each target")]
    [InlineData("calendar", "[\"hour\"]", "calendar must be features whose columns, such as hour_sin and hour_cos, are among the inputs")]
    [InlineData("calendar", "[\"hours\"]", "calendar is 'hours', expected one of hour, weekday, month, day-of-year")]
    [InlineData("normalize_except", "[\"snow\"]", "normalize_except must be inputs that are no targets")]
    [InlineData("normalize_except", "[\"temp_max\"]", "normalize_except must be inputs that are no targets")]
    [InlineData("categories", "[{\"column\":\"day\",\"values\":[\"feast\"]}]", "categories must be columns with names that are inputs, such as holiday=christmas")]
    [InlineData("future_covariates", "[\"snow\"]", "future_covariates must be inputs that are no targets")]
    [InlineData("future_covariates", "[\"temp_max\"]", "future_covariates must be inputs that are no targets")]
    [InlineData("time_step", "\"1\\u001bday\"", "time_step must be words such as 1 day")]
    [InlineData("series_columns", "[\"a\"]", "series_columns must be the names of columns, with one target")]
    [InlineData("highway", "true", "highway must be false where a target is not among the inputs")]
    public void WindowOptions_ThatCannotBe_AreRefused(string key, string value, string message) =>
        Assert.Contains(message, Refused(With(key, value)), StringComparison.Ordinal);

    [Fact]
    public void Deserialize_FileFromBeforeTheWindowOptions_MeansNone()
    {
        JsonObject json = JsonNode.Parse(ExampleText)!.AsObject();
        foreach (string key in s_windowOptions)
            json.Remove(key);

        ForecasterConfig config = ForecasterConfigJson.Deserialize(json.ToJsonString(), Where);
        Assert.Equal((WindowNormalization.None, 1, false), (config.Normalize, config.PatchLength, config.Highway));
    }

    [Theory]
    [MemberData(nameof(RequiredKeys))]
    public void Deserialize_MissingKey_IsRefused(string key)
    {
        JsonObject json = JsonNode.Parse(ExampleText)!.AsObject();
        json.Remove(key);

        Assert.Contains($"'{key}'", Refused(json.ToJsonString()), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Deserialize_KeyTwice_IsRefused(string key)
    {
        JsonNode? value = JsonNode.Parse(ExampleText)![key];
        string again = $"\"{key}\":{value?.ToJsonString() ?? "null"}";

        Assert.Contains(key, Refused($"{ExampleText[..^1]},{again}}}"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Deserialize_WrongType_IsRefused(string key)
    {
        foreach (string value in new[] { "{}", "true", "[true]", "[[]]" }.Where(value => (key, value) != ("insert_rows", "true")))
            Refused(With(key, value));
        if (key is not ("time_column" or "series_id_column" or "time_step"))
            Refused(With(key, "null"));
    }

    [Theory]
    [InlineData("learning_rate")]
    [InlineData("Dropout")]
    [InlineData("contextLength")]
    [InlineData("")]
    public void Deserialize_UnknownKey_IsRefused(string key) =>
        Assert.Contains($"'{key}'", Refused($"{ExampleText[..^1]},\"{key}\":1}}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("peephole", "\"Full\"", "peephole is 'Full', expected one of none, diagonal, full")]
    [InlineData("peephole", "\"\"", "peephole is ''")]
    [InlineData("peephole", "2", "peephole")]
    [InlineData("scaler", "\"robust\"", "scaler is 'robust', expected one of none, minmax, standard")]
    [InlineData("missing", "\"forward_fill\"", "missing is 'forward_fill', expected one of error, interpolate, forward-fill, drop")]
    [InlineData("connections", "\"ifx\"", "connections 'ifx'")]
    [InlineData("connections", "\"ii\"", "connections 'ii'")]
    public void Deserialize_UnknownWord_IsRefusedWithTheKnownOnes(string key, string value, string expected) =>
        Assert.Contains(expected, Refused(With(key, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("-1")]
    public void Deserialize_OtherFormatVersion_IsRefused(string version) =>
        Assert.Contains($"configuration format {version}, this program reads 1", Refused(With("format_version", version)), StringComparison.Ordinal);

    [Theory]
    [InlineData("inputs", "[]")]
    [InlineData("inputs", "[null,\"a\"]")]
    [InlineData("targets", "[]")]
    [InlineData("targets", "[\"a\",\"b\",null]")]
    [InlineData("context_length", "0")]
    [InlineData("context_length", "-1")]
    [InlineData("horizon", "0")]
    [InlineData("hidden_sizes", "[]")]
    [InlineData("hidden_sizes", "[0]")]
    [InlineData("hidden_sizes", "[5,65537]")]
    [InlineData("dropout", "1")]
    [InlineData("dropout", "-0.1")]
    [InlineData("dropout", "1e999")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":1}]")]
    [InlineData("target_scalers", "[]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":0},{\"offset\":0,\"scale\":1}]")]
    [InlineData("input_scalers", "[{\"offset\":1e999,\"scale\":1},{\"offset\":0,\"scale\":1}]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":-1e999},{\"offset\":0,\"scale\":1}]")]
    [InlineData("seasonality", "0")]
    public void Deserialize_ValueOutOfRange_IsRefusedWithItsKey(string key, string value)
    {
        string message = Refused(With(key, value));

        Assert.Contains("the configuration is out of range: ", message, StringComparison.Ordinal);
        Assert.Contains(key, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("context_length", "1.5")]
    [InlineData("context_length", "14.0")]
    [InlineData("context_length", "2147483648")]
    [InlineData("context_length", "\"14\"")]
    [InlineData("dropout", "NaN")]
    [InlineData("dropout", "\"NaN\"")]
    [InlineData("dropout", "Infinity")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":1},null]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":1},{\"offset\":0}]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":1},{\"scale\":1}]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":1},{}]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":1},{\"offset\":0,\"scale\":1,\"kind\":1}]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":1},{\"offset\":0,\"scale\":1,\"scale\":1}]")]
    [InlineData("input_scalers", "[{\"offset\":0,\"scale\":\"NaN\"},{\"offset\":0,\"scale\":1}]")]
    public void Deserialize_ValueOfNoUse_IsRefusedAsUnreadable(string key, string value) =>
        Assert.Contains("the configuration cannot be read: ", Refused(With(key, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("\uFEFF{}")]
    public void Deserialize_NoConfiguration_IsRefused(string json) => Refused(json);

    [Fact]
    public void Deserialize_TextAfterTheObject_IsRefused() => Refused(ExampleText + "{}");

    [Fact]
    public void Deserialize_EveryTruncation_IsRefused()
    {
        for (int length = 0; length < ExampleText.Length; length++)
            Refused(ExampleText[..length]);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"inputs\":", "}")]
    public void Deserialize_DeeplyNested_IsRefusedWithoutRecursion(string open, string close)
    {
        string nested = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));

        Refused(nested);
        Refused(With("inputs", nested));
    }

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The example with another text as the value of one key.</summary>
    private static string With(string key, string value) => "{" + string.Join(",", JsonNode.Parse(ExampleText)!.AsObject().Select(entry =>
        $"\"{entry.Key}\":{(entry.Key == key ? value : entry.Value?.ToJsonString() ?? "null")}")) + "}";

    private static string Refused(string json) => Refusal.Of(ErrorKind.Damaged, Where, () => ForecasterConfigJson.Deserialize(json, Where));
}
