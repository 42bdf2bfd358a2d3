using System.Diagnostics;
using LstmTorch.Recurrent.Kernels.Cuda;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

public sealed class CubinCacheTests : IDisposable
{
    private static readonly Version s_compiler = new(12, 8);
    private static readonly byte[] s_code = [1, 2, 3, 250];

    private readonly TemporaryFolder _folder = new();
    private int _compilations;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GetOrCompile_TheSecondTime_CompilesNothing()
    {
        Assert.Equal(s_code, Get());
        Assert.Equal(s_code, Get());
        Assert.Equal(1, _compilations);
    }

    [Fact]
    public void GetOrCompile_OfAnythingElse_CompilesAnew()
    {
        Get();
        Get(source: "other");
        Get(options: ["-DH=2"]);
        Get(options: ["-DH=1", "-DB=1"]);
        Get(compiler: new Version(12, 9));
        Assert.Equal(5, _compilations);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void GetOrCompile_WithOneByteChanged_CompilesAnewAndMendsTheFile(int from)
    {
        Get();
        string file = Assert.Single(Directory.GetFiles(_folder.Path));
        byte[] bytes = File.ReadAllBytes(file);
        bytes[from < 0 ? ^1 : 0] ^= 1;
        File.WriteAllBytes(file, bytes);

        Assert.Equal(s_code, Get());
        Assert.Equal(2, _compilations);
        Get();
        Assert.Equal(2, _compilations);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(32)]
    public void GetOrCompile_WithAFileCutShort_CompilesAnew(int length)
    {
        Get();
        string file = Assert.Single(Directory.GetFiles(_folder.Path));
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..length]);

        Assert.Equal(s_code, Get());
        Assert.Equal(2, _compilations);
    }

    [Fact]
    public void GetOrCompile_WhereNothingCanBeWritten_CompilesEveryTime()
    {
        string file = _folder.Write("file", "not a folder");
        foreach (string? folder in new[] { Path.Combine(file, "kernels"), null })
        {
            _compilations = 0;
            Assert.Equal(s_code, Get(folder));
            Assert.Equal(s_code, Get(folder));
            Assert.Equal(2, _compilations);
        }
    }

    [Fact]
    public void GetOrCompile_ByManyAtOnce_LeavesOneWholeFile()
    {
        byte[] code = new byte[1 << 20];
        new Random(1).NextBytes(code);
        Parallel.For(0, 16, _ => Assert.Equal(code, new CubinCache(_folder.Path).GetOrCompile("s", [], s_compiler, () => code)));

        Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.Equal(code, new CubinCache(_folder.Path).GetOrCompile("s", [], s_compiler, () => throw new UnreachableException()));
    }

    [Fact]
    public void GetOrCompile_WhenTheCompilerFails_KeepsNothing()
    {
        Assert.Throws<InvalidOperationException>(() =>
            new CubinCache(_folder.Path).GetOrCompile("s", [], s_compiler, () => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private byte[] Get(string? folder = "", string source = "source", string[]? options = null, Version? compiler = null) =>
        new CubinCache(folder is "" ? _folder.Path : folder).GetOrCompile(source, options ?? ["-DH=1"], compiler ?? s_compiler, () =>
        {
            _compilations++;
            return s_code;
        });
}
