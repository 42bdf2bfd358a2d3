using CsCheck;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public class ColumnScalerTests
{
    // Half the distance from 1 to the next float64: one operation is wrong by at most this share of its result.
    private const double Rounding = 1.0 / (1L << 53);

    [Theory]
    // (2 + 4 + 4 + 4 + 5 + 5 + 7 + 9) / 8 = 5, ((-3)² + 3·(-1)² + 2·0² + 2² + 4²) / 8 = 4.
    [InlineData(ScalerKind.None, 0, 1)]
    [InlineData(ScalerKind.MinMax, 2, 7)]
    [InlineData(ScalerKind.Standard, 5, 2)]
    public void Fit_SmallColumn_GivesTheValuesComputedByHand(ScalerKind kind, double offset, double scale)
    {
        ColumnScaler scaler = ColumnScaler.Fit(kind, [4, 2, 4, 5, 9, 4, 7, 5]);

        // The running mean and squares round numbers below 32 once or twice for each of the eight values.
        const double tolerance = 8 * 2 * 32 * Rounding;
        Assert.Equal(offset, scaler.Offset, tolerance);
        Assert.Equal(scale, scaler.Scale, tolerance);
    }

    /// <summary>Central differences, whose error is of the third derivative times the square of the step.</summary>
    [Theory]
    [InlineData(null, 0.7)]
    [InlineData(0.0, 0.7)]
    [InlineData(0.5, 0.7)]
    [InlineData(-0.5, 0.3)]
    public void SlopeAt_OfEveryTransform_IsThatOfTheInverse(double? power, double scaled)
    {
        var scaler = new ColumnScaler(0.25, 2, power);
        const double step = 1e-5;
        double slope = (scaler.InverseTransform(scaled + step) - scaler.InverseTransform(scaled - step)) / (2 * step);
        Assert.Equal(slope, scaler.SlopeAt(scaled), 1e-7);
    }

    /// <summary>Beyond the values that a transform gives, the inverse stands still.</summary>
    [Fact]
    public void SlopeAt_BeyondTheTransform_IsZero() => Assert.Equal(0, new ColumnScaler(0, 1, 0.5).SlopeAt(-3));

    [Theory]
    [InlineData(ScalerKind.MinMax, -3, 4)]
    [InlineData(ScalerKind.Standard, -1, 2)]
    public void Fit_MissingValues_ArePassedOver(ScalerKind kind, double offset, double scale) =>
        Assert.Equal(new ColumnScaler(offset, scale), ColumnScaler.Fit(kind, [double.NaN, -3, double.NaN, 1, double.NaN]));

    [Theory]
    [InlineData(ScalerKind.None)]
    [InlineData(ScalerKind.MinMax)]
    [InlineData(ScalerKind.Standard)]
    public void Fit_NoValues_ChangesNothing(ScalerKind kind)
    {
        Assert.Equal(new ColumnScaler(0, 1), ColumnScaler.Fit(kind, []));
        Assert.Equal(new ColumnScaler(0, 1), ColumnScaler.Fit(kind, [double.NaN, double.NaN]));
    }

    [Theory]
    [InlineData(ScalerKind.MinMax)]
    [InlineData(ScalerKind.Standard)]
    public void Fit_ConstantColumn_BecomesZeroAndKeepsItsInverse(ScalerKind kind)
    {
        // The mean of thousands of 0.1 is not 0.1: the offset must be the value itself.
        ColumnScaler scaler = ColumnScaler.Fit(kind, [.. Enumerable.Repeat(0.1, 10_000)]);

        Assert.Equal(new ColumnScaler(0.1, 1), scaler);
        Assert.Equal(0, scaler.Transform(0.1));
        Assert.Equal(0.1, scaler.InverseTransform(0));
        Assert.Equal(new ColumnScaler(-7, 1), ColumnScaler.Fit(kind, [-7]));
    }

    [Fact]
    public void Fit_SmallDifferencesOnAHugeOffset_KeepTheirDeviation()
    {
        // Deviations -6, -3, 3, 6 from the mean, variance 22.5. Squares of 10^9 have a spacing of 128, so that a
        // difference of sums of squares would lose it altogether; Welford's mean is off by 10^-7 (one spacing) at most,
        // and its square by 10^-6.
        ColumnScaler scaler = ColumnScaler.Fit(ScalerKind.Standard, [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);

        Assert.Equal(1e9 + 10, scaler.Offset, 1e-6);
        Assert.Equal(Math.Sqrt(22.5), scaler.Scale, 1e-6);
        Assert.Equal(new ColumnScaler(1e9 + 4, 12), ColumnScaler.Fit(ScalerKind.MinMax, [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]));
    }

    [Theory]
    [InlineData(0, 1e-200, 0.5e-200, 1e-200)] // squares underflow to 0
    [InlineData(-1e200, 1e200, 0, 2e200)] // squares overflow
    public void Fit_DeviationsWithoutSquares_FallBackToTheRange(double first, double second, double offset, double scale) =>
        Assert.Equal(new ColumnScaler(offset, scale), ColumnScaler.Fit(ScalerKind.Standard, [first, second]));

    [Fact]
    public void Transform_AndInverse_AreTheDocumentedFormulas()
    {
        var scaler = new ColumnScaler(Offset: 10, Scale: 4);

        Assert.Equal(-2.25, scaler.Transform(1));
        Assert.Equal(1, scaler.InverseTransform(-2.25));
        Assert.Equal(3.5, ColumnScaler.Identity.Transform(3.5));
        Assert.Equal(3.5, ColumnScaler.Identity.InverseTransform(3.5));
        Assert.Equal(double.NaN, scaler.Transform(double.NaN));
    }

    [Theory]
    [InlineData(0, 2, 2.5)]
    [InlineData(0.5, 2, 1)]
    [InlineData(-1, 2, 0.5)]
    public void Transform_WithAPower_IsBoxAndCoxs(double power, double scale, double offset)
    {
        var scaler = new ColumnScaler(offset, scale, power);
        double boxCox = power switch { 0 => Math.Log(9), 0.5 => (3 - 1) / 0.5, _ => ((1 / 9.0) - 1) / -1 };

        Assert.Equal((boxCox - offset) / scale, scaler.Transform(9), 14);
        Assert.False(double.IsFinite(scaler.Transform(0)) && power <= 0);
        Assert.False(double.IsFinite(scaler.Transform(-1)));
    }

    [Fact]
    public void InverseTransform_OfATransformedPower_IsTheValue() =>
        Gen.Select(Gen.Double[0.01, 1e4], Gen.Double[-1, 2]).Sample((value, power) =>
        {
            // With a negative power large values come close to a limit: 1 − x^λ loses as many digits as x^λ is small.
            var scaler = new ColumnScaler(3, 0.7, Math.Abs(power) < 0.01 ? 0 : power);
            Assert.InRange(scaler.InverseTransform(scaler.Transform(value)) / value, 1 - 1e-8, 1 + 1e-8);
        });

    [Fact]
    public void Fit_MinMaxOfAnyColumn_SpansZeroToOne() => Gen.Double[-1e6, 1e6].Array[2, 50].Sample(column =>
    {
        ColumnScaler scaler = ColumnScaler.Fit(ScalerKind.MinMax, column);
        double[] scaled = [.. column.Select(scaler.Transform)];

        Assert.Equal(0, scaled.Min());
        Assert.Equal(column.Distinct().Count() == 1 ? 0 : 1, scaled.Max());
    });

    [Fact]
    public void InverseTransform_OfATransformedValue_IsTheValue() =>
        Gen.Select(Gen.Double[-1e12, 1e12], Gen.Double[-1e12, 1e12], Gen.Double[1e-6, 1e6], Gen.Bool).Sample((value, offset, size, negative) =>
        {
            var scaler = new ColumnScaler(offset, negative ? -size : size);

            // Subtraction, division and multiplication each round a number of the size of the difference, the addition
            // one of the size of the value; one more for the products of these errors.
            double tolerance = Rounding * ((4 * Math.Abs(value - offset)) + Math.Abs(value));
            Assert.InRange(scaler.InverseTransform(scaler.Transform(value)), value - tolerance, value + tolerance);
        });
}
