using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests;

public sealed class LibTorchTests
{
    [Theory]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)", "import LstmTorch.targets into the program's project file")]
    [InlineData("/app/libtorch_cpu.so: cannot open shared object file: Permission denied", "build with -p:TorchBackend=cpu")]
    public void Explain_ARefusedLibrary_NamesCauseAndRemedy(string cause, string remedy)
    {
        LstmTorchException error = LibTorch.Explain(new DllNotFoundException($"Unable to load shared library:\n/lib/a.so: No such file or directory\n{cause}\n"));

        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Contains($"({cause}); ", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }
}
