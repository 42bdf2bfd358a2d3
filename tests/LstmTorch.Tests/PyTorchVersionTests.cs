using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests;

public sealed class PyTorchVersionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("version.py", "from typing import Optional\n\n__all__ = ['__version__', 'debug']\n__version__ = '2.11.0+cu130'\ndebug = False\n", "2.11.0+cu130")]
    [InlineData("build-version", "2.10.0+cpu\n", "2.10.0+cpu")]
    [InlineData("version.py", "cuda = None\n", null)]
    [InlineData("README", "2.10", null)]
    public void Of_ALibFolder_IsWhatStandsBesideIt(string file, string text, string? expected) => Assert.Equal(expected, PyTorchVersion.Of(Lib(file, text)));

    [Theory]
    [InlineData("2.10.0")]
    [InlineData("2.11.1+cu128")]
    [InlineData("built from source")]
    public void Check_AVersionThatMayServe_IsTaken(string version) => PyTorchVersion.Check(Lib("build-version", version), "here");

    [Theory]
    [InlineData("2.9.1")]
    [InlineData("2.12.0+cu130")]
    [InlineData("2.1.0")]
    [InlineData("3.0.0a0+git1234")]
    public void Check_AnotherVersion_IsRefusedWithAWayOut(string version)
    {
        var error = Assert.Throws<LstmTorchException>(() => PyTorchVersion.Check(Lib("build-version", version), "LSTMTORCH_LIBTORCH=here"));

        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Equal($"LSTMTORCH_LIBTORCH=here: this is PyTorch {version}, and TorchSharp works with 2.10 and 2.11; install such a PyTorch (pip install \"torch==2.11.*\") and name its lib folder", error.Message);
    }

    private string Lib(string file, string text)
    {
        File.WriteAllText(_folder.File(file), text);
        return Directory.CreateDirectory(_folder.File("lib")).FullName;
    }
}
