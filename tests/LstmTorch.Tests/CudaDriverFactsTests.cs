using Xunit;

namespace LstmTorch.Tests;

public sealed class CudaDriverFactsTests
{
    [Theory]
    [InlineData("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\nGCC version:  gcc 12.2.0", "535.129.03")]
    [InlineData("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs-builder)", "580.65.06")]
    [InlineData("NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.74  Mon", "470.74")]
    [InlineData("", "unknown release")]
    public void ReleaseOf_TheFileOfTheDriver_IsItsNumber(string text, string expected) => Assert.Equal(expected, CudaDriverFacts.ReleaseOf(text));

    [Theory]
    [InlineData(12080, "12.8")]
    [InlineData(13000, "13.0")]
    public void Written_Version_IsAsPeopleWriteIt(int version, string expected) => Assert.Equal(expected, CudaDriverFacts.Written(version));

    [Fact]
    public void Current_OnAnyMachine_IsConsistent()
    {
        // Devices need a driver; a machine with neither is the usual one.
        Assert.True(CudaDriverFacts.Current.Version is not null || CudaDriverFacts.Current.Devices.Count == 0);
        Assert.Equal(CudaDriverFacts.Current.Version is null, CudaDriverFacts.Current.Name == "none");
    }
}
