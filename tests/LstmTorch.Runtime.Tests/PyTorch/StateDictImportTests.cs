using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.PyTorch;
using Xunit;

namespace LstmTorch.Runtime.Tests.PyTorch;

public class StateDictImportTests
{
    private const string Where = "lstm.safetensors";

    private static readonly ImportOptions s_identity = new() { HiddenStateIsForecast = true };

    [Fact]
    public void Read_WhatExportWrote_IsTheSameModelToTheBit()
    {
        foreach (Peephole peephole in Models.Peepholes)
        {
            using var folder = new TemporaryFolder();
            ForecasterConfig config = Models.Config(peephole, inputs: 4) with { Targets = ["input 2", "input 0"], Highway = true, FutureCovariates = ["input 3", "input 1"] };
            ModelFile model = Models.Random(config);
            PyTorchExport.Write(folder.Path, model);
            ModelFile read = StateDictImport.Read(folder.Path, new ImportOptions());

            Assert.Equal(ForecasterConfigJson.Serialize(config), ForecasterConfigJson.Serialize(read.Config));
            foreach (SafetensorsTensor tensor in model.Tensors)
                Assert.Equal(tensor.Floats.ToArray(), read.Tensors.Single(other => other.Name == tensor.Name).Floats.ToArray());
        }
    }

    [Fact]
    public void Parse_ModuleWithAHead_TakesBothAndTheOptions()
    {
        ModelFile model = Parse(
            new ImportOptions { Inputs = ["wind", "load"], Targets = ["load", "price"], ContextLength = 9, InputScalers = [new(1, 2), new(3, 4)] },
            Tensor("net.lstm.weight_ih_l0", 8, 2), Tensor("net.lstm.weight_hh_l0", 8, 2), Tensor("net.lstm.bias_ih_l0", 8), Tensor("net.lstm.bias_hh_l0", 8),
            Tensor("fc.weight", 4, 2), Tensor("fc.bias", 4));

        Assert.Equal((9, 2, 4.0, 1.0), (model.Config.ContextLength, model.Config.Horizon, model.Config.InputScalers[1].Scale, model.Config.TargetScalers[1].Scale));

        // Its two biases are 1 … 8 each.
        Assert.Equal([2, 4, 6, 8, 10, 12, 14, 16], model.Tensors.Single(tensor => tensor.Name == "bias_l0").Floats.ToArray());
        Assert.Equal([1, 2, 3, 4], model.Tensors.Single(tensor => tensor.Name == "head.bias").Floats.ToArray());
    }

    [Fact]
    public void Parse_LayersAlone_AskForAHeadOrTakeTheHiddenState()
    {
        SafetensorsTensor[] layers = [Tensor("weight_ih_l0", 8, 2), Tensor("weight_hh_l0", 8, 2)];

        Assert.Contains("--head", Refuse(ErrorKind.Usage, new ImportOptions(), layers), StringComparison.Ordinal);
        Assert.Equal([1, 0, 0, 1], Parse(s_identity, layers).Tensors.Single(tensor => tensor.Name == "head.weight").Floats.ToArray());
        Assert.Contains("3 inputs do not fit: the first layer takes 2", Refuse(ErrorKind.Usage, s_identity with { Inputs = ["a", "b", "c"] }, layers), StringComparison.Ordinal);
        Assert.Contains("3 targets do not fit", Refuse(ErrorKind.Usage, s_identity with { Targets = ["a", "b", "c"] }, layers), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weight_ih_l0 8 2", "weight_hh_l0 is missing")]
    [InlineData("weight_hh_l0 8 2", "no weight_ih_l0")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,b.weight_ih_l0 8 2", "more than one weight_ih_l0")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,weight_ih_l0_reverse 8 2", "'weight_ih_l0_reverse' belongs to no nn.LSTM of one direction")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,weight_hr_l0 1 2", "'weight_hr_l0' belongs to no nn.LSTM")]
    [InlineData("weight_ih_l0 7 2,weight_hh_l0 8 2", "weight_ih_l0 is F32 [7, 2], expected F32 [8, 2]")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 6 2", "weight_hh_l0 is F32 [6, 2], expected F32 [8, 2]")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,bias_ih_l0 4", "bias_ih_l0 is F32 [4], expected F32 [8]")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,weight_ci_l0 2,weight_cf_l0 2 2", "peepholes of two kinds")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,weight_ci_l0 2,weight_ih_l1 8 2,weight_hh_l1 8 2", "layer 1 has other peepholes")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,weight_ih_l1 8 3,weight_hh_l1 8 2", "weight_ih_l1 is F32 [8, 3], expected F32 [8, 2]")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,fc.weight 3 2,fc.bias 4", "fc.bias is F32 [4], expected F32 [3]")]
    [InlineData("weight_ih_l0 8 2,weight_hh_l0 8 2,fc.weight 3 3,fc.bias 3", "head.weight is F32 [3, 3], expected F32 [3, 2]")]
    public void Parse_SomethingElse_IsRefused(string tensors, string expected) => Assert.Contains(
        expected,
        Refuse(
            ErrorKind.Damaged,
            s_identity,
            [.. tensors.Split(',').Select(tensor => tensor.Split(' ')).Select(words => Tensor(words[0], [.. words[1..].Select(long.Parse)]))]),
        StringComparison.Ordinal);

    [Fact]
    public void Parse_OtherType_IsRefused() => Assert.Contains(
        "weight_hh_l0 is F64 [8, 2], expected F32",
        Refuse(ErrorKind.Damaged, s_identity, Tensor("weight_ih_l0", 8, 2), new SafetensorsTensor("weight_hh_l0", SafetensorsType.F64, [8, 2], new byte[128])),
        StringComparison.Ordinal);

    private static SafetensorsTensor Tensor(string name, params long[] shape) =>
        SafetensorsTensor.FromFloats(name, shape, [.. Enumerable.Range(1, (int)shape.Aggregate(1L, (size, dimension) => size * dimension)).Select(n => (float)n)]);

    private static ModelFile Parse(ImportOptions options, params SafetensorsTensor[] tensors) =>
        StateDictImport.Parse(new SafetensorsFile(tensors, new Dictionary<string, string>()), options, Where);

    private static string Refuse(ErrorKind kind, ImportOptions options, params SafetensorsTensor[] tensors) =>
        Refusal.Of(kind, Where, () => Parse(options, tensors));
}
