using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public sealed class ModelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lstmtorch-").FullName;

    private static ForecasterConfig Config { get; } = new()
    {
        Inputs = ["a", "b"],
        Targets = ["b"],
        Horizon = 2,
        HiddenSizes = [3, 2],
        InputScalers = [new(0.1, 3), new(-1e300, 1e-300)],
        TargetScalers = [new(0, 1)],
        TimeColumn = "zeit \"quoted\" ö",
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Json_OfAConfiguration_IsPinned() =>
        Assert.Equal(
            "{\"format_version\":1,\"inputs\":[\"a\",\"b\"],\"targets\":[\"b\"],\"context_length\":30,\"horizon\":2,\"hidden_sizes\":[3,2],\"dropout\":0.2,"
            + "\"peephole\":\"full\",\"connections\":\"ifco\",\"scaler\":\"minmax\",\"input_scalers\":[{\"offset\":0.1,\"scale\":3},{\"offset\":-1E+300,\"scale\":1E-300}],"
            + "\"target_scalers\":[{\"offset\":0,\"scale\":1}],\"time_column\":\"t\",\"series_id_column\":null,\"seasonality\":1,\"missing\":\"error\"}",
            ForecasterConfigJson.Serialize(Config with { TimeColumn = "t" }));

    [Fact]
    public void Json_OfEveryKind_RoundTrips()
    {
        foreach (PeepholeKind peephole in Enum.GetValues<PeepholeKind>())
        {
            foreach (ScalerKind scaler in Enum.GetValues<ScalerKind>())
            {
                foreach (MissingValues missing in Enum.GetValues<MissingValues>())
                {
                    string json = ForecasterConfigJson.Serialize(Config with { Peephole = peephole, Scaler = scaler, Missing = missing, Connections = PeepholeConnections.Forget });
                    ForecasterConfig back = ForecasterConfigJson.Deserialize(json, "x");
                    Assert.Equal((peephole, scaler, missing, PeepholeConnections.Forget), (back.Peephole, back.Scaler, back.Missing, back.Connections));
                    Assert.Equal(json, ForecasterConfigJson.Serialize(back));
                }
            }
        }
    }

    [Theory]
    [InlineData("\"horizon\":2", "\"horizon\":0", "horizon must be at least 1")]
    [InlineData("\"horizon\":2", "\"horizon\":2,\"horizon\":3", "cannot be read")]
    [InlineData("\"horizon\":2", "\"horizon\":2,\"more\":3", "cannot be read")]
    [InlineData("\"horizon\":2,", "", "cannot be read")]
    [InlineData("\"horizon\":2", "\"horizon\":\"2\"", "cannot be read")]
    [InlineData("\"full\"", "\"some\"", "peephole is 'some', expected one of none, diagonal, full")]
    [InlineData("\"ifco\"", "\"iz\"", "connections 'iz'")]
    [InlineData("\"dropout\":0.2", "\"dropout\":1", "dropout must be from 0 to below 1")]
    [InlineData("\"format_version\":1", "\"format_version\":2", "configuration format 2, this program reads 1")]
    [InlineData("[3,2]", "[]", "hidden_sizes must be one or more")]
    [InlineData("[3,2]", "[3,999999]", "hidden_sizes must be one or more")]
    [InlineData("\"scale\":3", "\"scale\":0", "scale other than 0")]
    [InlineData("[\"a\",\"b\"]", "[\"a\"]", "input_scalers must be one for each input")]
    [InlineData("[\"a\",\"b\"]", "[[[[[[[[[[[[]]]]]]]]]]]]", "cannot be read")]
    public void Json_OutOfOrder_IsRefused(string part, string instead, string expected)
    {
        string json = ForecasterConfigJson.Serialize(Config);
        Assert.Contains(part, json, StringComparison.Ordinal);
        var error = Assert.Throws<LstmTorchException>(() => ForecasterConfigJson.Deserialize(json.Replace(part, instead, StringComparison.Ordinal), "x"));
        Assert.Equal(ErrorKind.Damaged, error.Kind);
        Assert.StartsWith("x: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expected_OfVariants_IsPinned()
    {
        static string[] Names(ForecasterConfig config) =>
            [.. ModelTensors.Expected(config).Select(tensor => $"{tensor.Name} {string.Join('x', tensor.Shape)}")];
        Assert.Equal(
            [
                "weight_ih_l0 12x2", "weight_hh_l0 12x3", "bias_l0 12", "weight_ci_l0 3x3", "weight_cf_l0 3x3", "weight_cc_l0 3x3", "weight_co_l0 3x3",
                "weight_ih_l1 8x3", "weight_hh_l1 8x2", "bias_l1 8", "weight_ci_l1 2x2", "weight_cf_l1 2x2", "weight_cc_l1 2x2", "weight_co_l1 2x2",
                "head.weight 2x2", "head.bias 2",
            ],
            Names(Config));
        Assert.Equal(
            ["weight_ih_l0 12x2", "weight_hh_l0 12x3", "bias_l0 12", "weight_cf_l0 3", "weight_co_l0 3", "head.weight 2x3", "head.bias 2"],
            Names(Config with { HiddenSizes = [3], Peephole = PeepholeKind.Diagonal, Connections = PeepholeConnections.Forget | PeepholeConnections.Output }));
        Assert.DoesNotContain(Names(Config with { Peephole = PeepholeKind.None }), name => name.StartsWith("weight_c", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OfAWrittenModel_GivesItBackFromFileAndFolder()
    {
        string file = Path.Combine(_folder, ModelFile.DefaultName);
        ModelFile.Write(file, Config, Tensors());
        foreach (string path in new[] { file, _folder })
        {
            ModelFile model = ModelFile.Read(path);
            Assert.Equal(ForecasterConfigJson.Serialize(Config), ForecasterConfigJson.Serialize(model.Config));
            Assert.Equal(Tensors().ToDictionary(t => t.Name, t => t.Floats[0]), model.Tensors.ToDictionary(t => t.Name, t => t.Floats[0]));
        }
    }

    [Fact]
    public void ReadAndWrite_WhereWeightsDisagree_NameTheTensor()
    {
        string file = Path.Combine(_folder, "m.safetensors");
        void Refused(IReadOnlyList<SafetensorsTensor> tensors, string expected) =>
            Assert.Contains(expected, Assert.Throws<LstmTorchException>(() => ModelFile.Write(file, Config, tensors)).Message, StringComparison.Ordinal);
        Refused(Tensors()[1..], "tensor weight_ih_l0 is missing");
        Refused([.. Tensors(), SafetensorsTensor.FromFloats("more", [1], [1])], "tensor more is not part of the model");
        Refused([SafetensorsTensor.FromFloats("weight_ih_l0", [2, 12], new float[24]), .. Tensors()[1..]], "tensor weight_ih_l0 is F32 [2, 12], expected F32 [12, 2]");
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Read_OfOtherFiles_SaysWhatTheyAre()
    {
        string file = Path.Combine(_folder, "m.safetensors");
        AtomicFile.Write(file, stream => Safetensors.Write(stream, [], new Dictionary<string, string> { ["format"] = "pt" }));
        Assert.Contains("not a model", Assert.Throws<LstmTorchException>(() => ModelFile.Read(file)).Message, StringComparison.Ordinal);
        AtomicFile.Write(file, stream => Safetensors.Write(stream, Tensors(), new Dictionary<string, string> { ["config"] = "{}", ["format_version"] = "7" }));
        Assert.Contains("model format 7, this program reads 1", Assert.Throws<LstmTorchException>(() => ModelFile.Read(file)).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<LstmTorchException>(() => ModelFile.Read(_folder)).Kind);
    }

    private static List<SafetensorsTensor> Tensors() =>
        [.. ModelTensors.Expected(Config).Select((tensor, n) => SafetensorsTensor.FromFloats(
            tensor.Name, tensor.Shape, [.. Enumerable.Repeat(n + 0.5f, (int)tensor.Shape.Aggregate(1L, (a, b) => a * b))]))];
}
