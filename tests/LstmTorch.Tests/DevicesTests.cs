using LstmTorch.Runtime;
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

    [Theory]
    [InlineData(false, null, null, "for CPUs only")]
    [InlineData(true, null, 12, "there is no NVIDIA driver")]
    [InlineData(true, 12020, 13, "serves CUDA 12.2 at most, and this libtorch is one of CUDA 13; update the driver")]
    [InlineData(true, 12020, 12, "finds no device (CUDA_VISIBLE_DEVICES is '7')")]
    [InlineData(true, 13000, null, "finds no device")]
    public void Explain_WithoutADevice_NamesTheCause(bool builtForCuda, int? driver, int? libtorch, string expected) =>
        Assert.Contains(expected, Devices.Explain(builtForCuda, new CudaDriverFacts(driver, []), libtorch, "7"), StringComparison.Ordinal);

    [Fact]
    public void Resolve_ACudaDeviceWhereThereIsNone_SaysWhy()
    {
        Assert.SkipWhen(Devices.HasCuda, "There is a CUDA device.");
        foreach (string name in new[] { "cuda", "cuda:0", "cuda:31" })
        {
            var error = Assert.Throws<LstmTorchException>(() => Devices.Resolve(name));
            Assert.Equal(ErrorKind.Usage, error.Kind);
            Assert.Equal($"--device {name}: {Devices.NoCuda()}; use --device cpu", error.Message);
        }
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0:0")]
    public void Resolve_ANameThatIsNoDevice_IsRefused(string name) =>
        Assert.Contains("use auto, cpu, cuda or cuda:N", Assert.Throws<LstmTorchException>(() => Devices.Resolve(name)).Message, StringComparison.Ordinal);

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
