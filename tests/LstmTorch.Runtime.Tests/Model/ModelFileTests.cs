using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public class ModelFileTests
{
    private const string Name = "model.safetensors";

    [Fact]
    public void Write_AModel_ReadsBackAsTheSame()
    {
        using var folder = new TemporaryFolder();
        List<SafetensorsTensor> weights = Configs.Weights(Configs.Example);
        ModelFile.Write(folder.File("m.bin"), Configs.Example, weights);

        AssertExample(ModelFile.Read(folder.File("m.bin")));
        AssertExample(ModelFile.Parse(File.ReadAllBytes(folder.File("m.bin")), "memory"));
        Assert.Equal(["m.bin"], folder.Entries);
    }

    [Fact]
    public void Write_AModel_HoldsTheDocumentedMetadata()
    {
        using var folder = new TemporaryFolder();
        ModelFile.Write(folder.File(Name), Configs.Example, Configs.Weights(Configs.Example));

        SafetensorsFile file = Safetensors.Read(folder.File(Name));

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["format"] = "pt",
                ["format_version"] = "1",
                ["config"] = ForecasterConfigJson.Serialize(Configs.Example),
            },
            file.Metadata);
    }

    [Fact]
    public void Write_TheSameModelTwice_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        List<SafetensorsTensor> weights = Configs.Weights(Configs.Example);
        ModelFile.Write(folder.File("a"), Configs.Example, weights);
        weights.Reverse();
        ModelFile.Write(folder.File("b"), Configs.Example, weights);

        Assert.Equal(File.ReadAllBytes(folder.File("a")), File.ReadAllBytes(folder.File("b")));
    }

    [Fact]
    public void Read_FolderThatHoldsAModel_ReadsIt()
    {
        using var folder = new TemporaryFolder();
        ModelFile.Write(folder.File(Name), Configs.Example, Configs.Weights(Configs.Example));

        AssertExample(ModelFile.Read(folder.Path));
    }

    [Fact]
    public void Read_FolderWithoutAModel_IsNotFound()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains(Name, Refusal.Of(ErrorKind.NotFound, folder.Path, () => ModelFile.Read(folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_IsNotFound()
    {
        using var folder = new TemporaryFolder();

        Refusal.Of(ErrorKind.NotFound, folder.File("absent"), () => ModelFile.Read(folder.File("absent")));
    }

    [Fact]
    public void Read_DamagedFileInAFolder_IsRefusedWithTheFilesName()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(Name), "not a model");

        Refusal.Of(ErrorKind.Damaged, folder.File(Name), () => ModelFile.Read(folder.Path));
    }

    [Fact]
    public void Parse_SafetensorsFileOfAnotherProgram_IsRefusedAsNoModel() =>
        Assert.Contains("not a model", Refused(new() { ["format"] = "pt" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("2", "model format 2, this program reads 1")]
    [InlineData("", "model format , this program reads 1")]
    [InlineData("01", "model format 01, this program reads 1")]
    [InlineData(null, "model format unknown, this program reads 1")]
    public void Parse_OtherVersion_IsRefusedWithBoth(string? version, string expected)
    {
        var metadata = new Dictionary<string, string> { ["config"] = ForecasterConfigJson.Serialize(Configs.Example) };
        if (version is not null)
            metadata["format_version"] = version;

        Assert.Contains(expected, Refused(metadata), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_DamagedConfiguration_IsRefused() =>
        Assert.Contains("configuration cannot be read", Refused(new() { ["format_version"] = "1", ["config"] = "{" }), StringComparison.Ordinal);

    [Fact]
    public void Parse_WeightsOfAnotherConfiguration_AreRefused()
    {
        string other = ForecasterConfigJson.Serialize(Configs.Example with { HiddenSizes = [5, 4] });

        Assert.Contains(
            "weights and configuration disagree: tensor weight_ih_l1 is F32 [12, 5], expected F32 [16, 5]",
            Refused(new() { ["format_version"] = "1", ["config"] = other }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WeightsOfAnotherConfiguration_LeaveTheOldFile() =>
        AssertRefusedAndKept(ErrorKind.Damaged, "weight_ih_l1", Configs.Example with { HiddenSizes = [5, 4] });

    [Fact]
    public void Write_ConfigurationThatCouldNotBeReadBack_LeavesTheOldFile()
    {
        AssertRefusedAndKept(ErrorKind.Usage, "dropout", Configs.Example with { Dropout = 1.5 });
        AssertRefusedAndKept(ErrorKind.Usage, "input_scalers", Configs.Example with { InputScalers = [new(double.NaN, 1), new(0, 1)] });
    }

    private static void AssertRefusedAndKept(ErrorKind kind, string expected, ForecasterConfig config)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(Name), "old");

        Refusal.Of(kind, expected, () => ModelFile.Write(folder.File(Name), config, Configs.Weights(Configs.Example)));

        Assert.Equal("old", File.ReadAllText(folder.File(Name)));
        Assert.Equal([Name], folder.Entries);
    }

    private static void AssertExample(ModelFile model)
    {
        Configs.AssertEqual(Configs.Example, model.Config);
        List<SafetensorsTensor> weights = Configs.Weights(Configs.Example);
        Assert.Equal(weights.Count, model.Tensors.Count);
        foreach (SafetensorsTensor tensor in weights)
        {
            SafetensorsTensor read = Assert.Single(model.Tensors, candidate => candidate.Name == tensor.Name);
            Assert.Equal(tensor.Shape, read.Shape);
            Assert.Equal(tensor.Floats.ToArray(), read.Floats.ToArray());
        }
    }

    /// <summary>The example's weights with this metadata are refused.</summary>
    private static string Refused(Dictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, Configs.Weights(Configs.Example), metadata);
        return Refusal.Of(ErrorKind.Damaged, Name, () => ModelFile.Parse(stream.ToArray(), Name));
    }
}
