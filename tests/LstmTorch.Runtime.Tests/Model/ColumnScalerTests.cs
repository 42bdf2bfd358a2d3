using CsCheck;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public sealed class ColumnScalerTests
{
    [Theory]
    [InlineData(ScalerKind.None, 0, 1)]
    [InlineData(ScalerKind.MinMax, -2, 6)]
    [InlineData(ScalerKind.Standard, 1, 1.8257418583505538)]
    public void Fit_KnownRows_GivesTheScale(ScalerKind kind, double offset, double scale)
    {
        // Without the NaN: mean 6/6, variance (9 + 0 + 9 + 1 + 1 + 0)/6 = 10/3.
        ColumnScaler scaler = ColumnScaler.Fit(kind, [-2, 1, double.NaN, 4, 0, 2, 1]);
        Assert.Equal(offset, scaler.Offset, 1e-15);
        Assert.Equal(scale, scaler.Scale, 1e-15);
    }

    [Fact]
    public void Fit_AConstantOrEmptyColumn_KeepsAnInverse()
    {
        Assert.Equal(new ColumnScaler(7, 1), ColumnScaler.Fit(ScalerKind.MinMax, [7, 7]));
        Assert.Equal(new ColumnScaler(7, 1), ColumnScaler.Fit(ScalerKind.Standard, [7, double.NaN, 7]));
        Assert.Equal(ColumnScaler.Identity, ColumnScaler.Fit(ScalerKind.MinMax, [double.NaN]));
        Assert.Equal(1, ColumnScaler.Fit(ScalerKind.Standard, [0, 1e-300]).Scale);
    }

    [Fact]
    public void InverseTransform_OfATransformedValue_IsTheValue() =>
        Gen.Select(Gen.Double[-1e9, 1e9].Array[2, 20], Gen.Enum<ScalerKind>()).Sample((rows, kind) =>
        {
            // Two roundings of numbers as large as the offset, the scale and the value.
            ColumnScaler scaler = ColumnScaler.Fit(kind, rows);
            foreach (double value in rows)
            {
                double tolerance = 4e-16 * (Math.Abs(value) + Math.Abs(scaler.Offset) + Math.Abs(scaler.Scale));
                Assert.InRange(scaler.InverseTransform(scaler.Transform(value)) - value, -tolerance, tolerance);
            }
        });

    [Theory]
    [InlineData("ifco", PeepholeConnections.All)]
    [InlineData("of", PeepholeConnections.Forget | PeepholeConnections.Output)]
    [InlineData("", PeepholeConnections.None)]
    public void ParseConnections_Letters_AreGates(string letters, PeepholeConnections expected)
    {
        Assert.Equal(expected, Peephole.ParseConnections(letters));
        Assert.Equal(string.Concat("ifco".Where(letters.Contains)), Peephole.Format(expected));
    }

    [Theory]
    [InlineData("ii")]
    [InlineData("x")]
    [InlineData("IF")]
    public void ParseConnections_OtherLetters_AreRefused(string letters) =>
        Assert.Equal(ErrorKind.Usage, Assert.Throws<LstmTorchException>(() => Peephole.ParseConnections(letters)).Kind);

    [Fact]
    public void Sees_WithoutPeepholes_IsNever() =>
        Assert.False(new Peephole(PeepholeKind.None, PeepholeConnections.All).Sees(PeepholeConnections.Input));
}
