using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public class ModelTensorsTests
{
    private const string Where = "model.safetensors";

    [Fact]
    public void Expected_FullPeepholes_AreTheDocumentedNamesAndShapes() => Assert.Equal(
        [
            "weight_ih_l0 [20, 2]", "weight_hh_l0 [20, 5]", "bias_l0 [20]",
            "weight_ci_l0 [5, 5]", "weight_cf_l0 [5, 5]", "weight_cc_l0 [5, 5]", "weight_co_l0 [5, 5]",
            "weight_ih_l1 [12, 5]", "weight_hh_l1 [12, 3]", "bias_l1 [12]",
            "weight_ci_l1 [3, 3]", "weight_cf_l1 [3, 3]", "weight_cc_l1 [3, 3]", "weight_co_l1 [3, 3]",
            "head.weight [6, 3]", "head.bias [6]",
        ],
        Expected(Configs.Example));

    [Fact]
    public void Expected_DiagonalPeepholes_AreVectorsOfTheConnectedGates() => Assert.Equal(
        [
            "weight_ih_l0 [28, 2]", "weight_hh_l0 [28, 7]", "bias_l0 [28]",
            "weight_ci_l0 [7]", "weight_cf_l0 [7]", "weight_co_l0 [7]",
            "head.weight [6, 7]", "head.bias [6]",
        ],
        Expected(Configs.Example with { HiddenSizes = [7], Peephole = PeepholeKind.Diagonal, Connections = Peephole.Diagonal.Connections }));

    [Theory]
    [InlineData(PeepholeKind.Full, "", "")]
    [InlineData(PeepholeKind.Full, "f", "weight_cf_l0 [7, 7]")]
    [InlineData(PeepholeKind.Full, "co", "weight_cc_l0 [7, 7], weight_co_l0 [7, 7]")]
    [InlineData(PeepholeKind.Diagonal, "ic", "weight_ci_l0 [7], weight_cc_l0 [7]")]
    [InlineData(PeepholeKind.None, "ifco", "")]
    [InlineData(PeepholeKind.None, "", "")]
    public void Expected_ASubsetOfTheConnections_HasTheirPeepholesOnly(PeepholeKind kind, string letters, string expected)
    {
        var config = Configs.Example with { HiddenSizes = [7], Peephole = kind, Connections = Peephole.ParseConnections(letters) };

        Assert.Equal(expected, string.Join(", ", Expected(config).Where(line => line.StartsWith("weight_c", StringComparison.Ordinal))));
        Assert.Equal(5, Expected(config).Count(line => !line.StartsWith("weight_c", StringComparison.Ordinal)));
    }

    [Fact]
    public void Expected_TheWidestModel_DoesNotOverflow()
    {
        var config = Configs.Example with { HiddenSizes = [65536], Horizon = int.MaxValue, Peephole = PeepholeKind.None };

        Assert.Equal(
            ["weight_ih_l0 [262144, 2]", "weight_hh_l0 [262144, 65536]", "bias_l0 [262144]", "head.weight [6442450941, 65536]", "head.bias [6442450941]"],
            Expected(config));
    }

    [Fact]
    public void Check_TheWeightsInAnyOrder_AreAccepted()
    {
        List<SafetensorsTensor> tensors = Configs.Weights(Configs.Example);
        tensors.Reverse();

        ModelTensors.Check(Configs.Example, tensors, Where);
    }

    [Fact]
    public void Check_AnyWeightMissing_IsRefusedWithItsName()
    {
        List<SafetensorsTensor> tensors = Configs.Weights(Configs.Example);
        foreach (SafetensorsTensor missing in tensors)
            Assert.EndsWith($"tensor {missing.Name} is missing", Refused([.. tensors.Where(tensor => tensor != missing)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OneWeightTooMany_IsRefusedWithItsName()
    {
        List<SafetensorsTensor> tensors = [.. Configs.Weights(Configs.Example), SafetensorsTensor.FromFloats("weight_cx_l0", [0], [])];

        Assert.EndsWith("tensor weight_cx_l0 is not part of the model", Refused(tensors), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OtherShape_IsRefusedWithBothShapes()
    {
        List<SafetensorsTensor> tensors = Configs.Weights(Configs.Example);
        tensors[0] = SafetensorsTensor.FromFloats("weight_ih_l0", [2, 20], new float[40]);

        Assert.EndsWith("tensor weight_ih_l0 is F32 [2, 20], expected F32 [20, 2]", Refused(tensors), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OtherNumberFormat_IsRefusedWithBoth()
    {
        List<SafetensorsTensor> tensors = Configs.Weights(Configs.Example);
        tensors[2] = new SafetensorsTensor("bias_l0", SafetensorsType.F64, [20], new byte[160]);

        Assert.EndsWith("tensor bias_l0 is F64 [20], expected F32 [20]", Refused(tensors), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Expected(ForecasterConfig config) =>
        ModelTensors.Expected(config).Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]");

    private static string Refused(IReadOnlyList<SafetensorsTensor> tensors) =>
        Refusal.Of(ErrorKind.Damaged, Where, () => ModelTensors.Check(Configs.Example, tensors, Where));
}
