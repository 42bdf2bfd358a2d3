using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public sealed class StandardQuantilesTests
{
    // By inverting the error function and the incomplete beta function in 60 digits; to six digits the values of printed tables.
    [Theory]
    [InlineData(0.6, 0.2533471031357998)]
    [InlineData(0.9, 1.2815515655446)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.999, 3.090232306167814)]
    [InlineData(0.000001, -4.753424308822899)]
    public void Normal_OfAShare_IsTheTabulatedValue(double share, double expected) => AssertClose(expected, StandardQuantiles.Normal(share), share);

    [Theory]
    [InlineData(2.5, 0.9, 1.730250928807177)]
    [InlineData(3, 0.6, 0.2766706623326898)]
    [InlineData(3, 0.9, 1.63774435369621)]
    [InlineData(3, 0.975, 3.182446305283708)]
    [InlineData(3, 0.999, 10.21453185240738)]
    [InlineData(5, 0.9, 1.475884048824481)]
    [InlineData(5, 0.975, 2.570581835636315)]
    [InlineData(5, 0.999, 5.893429531356009)]
    [InlineData(30, 0.9, 1.310415025391396)]
    [InlineData(30, 0.975, 2.042272456301238)]
    [InlineData(30, 0.999, 3.385184866829305)]
    [InlineData(1e5, 0.975, 1.959987707534609)]
    public void StudentT_OfAShare_IsTheTabulatedValue(double freedom, double share, double expected)
    {
        AssertClose(expected, StandardQuantiles.StudentT(share, freedom), share);
        AssertClose(-expected, StandardQuantiles.StudentT(1 - share, freedom), share);
    }

    [Theory]
    [InlineData(1e14)]
    [InlineData(1e20)]
    [InlineData(double.PositiveInfinity)]
    public void StudentT_OfManyDegreesOfFreedom_IsNormal(double freedom) =>
        Assert.Equal(StandardQuantiles.Normal(0.95), StandardQuantiles.StudentT(0.95, freedom), 1e-10);

    [Fact]
    public void Median_IsZeroToTheBit()
    {
        Assert.Equal(0, StandardQuantiles.Normal(0.5));
        Assert.Equal(0, StandardQuantiles.StudentT(0.5, 4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Normal_OfNoShare_IsRefused(double share) => Assert.Throws<ArgumentOutOfRangeException>(() => StandardQuantiles.Normal(share));

    // The share above the quantile is known to 1e-16, which is what limits the quantile.
    private static void AssertClose(double expected, double actual, double share) =>
        Assert.InRange(Math.Abs(actual / expected - 1), 0, Math.Max(1e-13, 1e-15 / Math.Min(share, 1 - share)));
}
