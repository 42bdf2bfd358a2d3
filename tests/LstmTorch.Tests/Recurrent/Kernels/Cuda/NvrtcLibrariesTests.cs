using LstmTorch.Recurrent.Kernels.Cuda;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

public sealed class NvrtcLibrariesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Candidates_OfANamedLibrary_AreThatOne() =>
        Assert.Equal(["/opt/libnvrtc.so"], NvrtcLibraries.Candidates("/opt/libnvrtc.so", _folder.Path));

    [Fact]
    public void Candidates_OfATorchSharpPackage_BeginWithTheOneOfTheHashedName()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are those of Linux.");
        string library = _folder.Write("libnvrtc-2bb82d1a.so.12", "");
        _folder.Write("libnvrtc-builtins.so.12.8", "");

        Assert.Equal([library, "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"], NvrtcLibraries.Candidates(null, _folder.Path));
    }

    [Theory]
    [InlineData("cu13", "libnvrtc.so.13")]
    [InlineData("cuda_nvrtc", "libnvrtc.so.12")]
    public void Candidates_OfPyTorchsWheels_BeginWithTheWheelBeside(string package, string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are those of Linux.");
        string libtorch = Directory.CreateDirectory(_folder.File("torch/lib")).FullName;
        Directory.CreateDirectory(_folder.File("nvidia/cublas/lib"));
        string libraries = Directory.CreateDirectory(_folder.File($"nvidia/{package}/lib")).FullName;
        foreach (string file in new[] { name, name.Replace(".so", ".alt.so", StringComparison.Ordinal), "libnvrtc-builtins.so.13.0", "libcublas.so.13" })
            File.WriteAllText(Path.Combine(libraries, file), "");

        string first = NvrtcLibraries.Candidates("", libtorch).First();
        Assert.Equal(Path.Combine(libraries, name), Path.GetFullPath(first));
        Assert.Equal(4, NvrtcLibraries.Candidates(null, libtorch).Count());
    }
}
