using Xunit;

namespace LstmTorch.Tests;

public sealed class DevicesTests
{
    [Theory]
    [InlineData("cpu", true)]
    [InlineData("cuda", false)]
    [InlineData("cuda:1", false)]
    [InlineData("gpu", false)]
    public void IsCpu_Name_IsWhatItSays(string name, bool expected) => Assert.Equal(expected, Devices.IsCpu(name));

    [Fact]
    public void IsCpu_Auto_IsFalseOnlyWhereThereIsACudaDevice()
    {
        Assert.Equal(!Devices.HasCuda, Devices.IsCpu("auto"));

        // The files of a CUDA build alone do not make a device, and what is loaded stays loaded.
        LibTorch.Load();
        using var folder = new TemporaryFolder();
        string? before = Environment.GetEnvironmentVariable(LibTorch.EnvironmentVariable);
        try
        {
            Environment.SetEnvironmentVariable(LibTorch.EnvironmentVariable, folder.Path);
            Assert.False(LibTorch.ComesWithCuda);
            File.WriteAllText(folder.File("libtorch_cuda.so"), string.Empty);
            Assert.True(LibTorch.ComesWithCuda);
            Assert.Equal(!Devices.HasCuda, Devices.IsCpu("auto"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(LibTorch.EnvironmentVariable, before);
        }
    }
}
