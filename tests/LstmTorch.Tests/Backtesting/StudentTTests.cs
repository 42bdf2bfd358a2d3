using LstmTorch.Backtesting;
using Xunit;

namespace LstmTorch.Tests.Backtesting;

public sealed class StudentTTests
{
    /// <summary>Closed forms: one degree is Cauchy's distribution, two have a root, three an arctangent.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(-2.5)]
    [InlineData(40)]
    public void TwoSided_FewDegrees_IsTheClosedForm(double t)
    {
        double size = Math.Abs(t), scaled = size / Math.Sqrt(3);
        Assert.Equal(1 - (2 / Math.PI * Math.Atan(size)), StudentT.TwoSided(t, 1), 1e-12);
        Assert.Equal(1 - (size / Math.Sqrt(2 + (t * t))), StudentT.TwoSided(t, 2), 1e-12);
        Assert.Equal(1 - (2 / Math.PI * ((scaled / (1 + (scaled * scaled))) + Math.Atan(scaled))), StudentT.TwoSided(t, 3), 1e-12);
    }

    /// <summary>The table of any textbook: 5 % to both sides; with many degrees the normal distribution's.</summary>
    [Theory]
    [InlineData(10, 2.228138852)]
    [InlineData(30, 2.042272456)]
    [InlineData(120, 1.979930405)]
    [InlineData(100_000_000, 1.959963985)]
    public void TwoSided_CriticalValue_IsFivePercent(double degrees, double t) => Assert.Equal(0.05, StudentT.TwoSided(t, degrees), 1e-7);
}
