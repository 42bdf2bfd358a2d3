using System.Buffers.Binary;
using System.Text;
using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

/// <summary>What the real compiler makes of the plans, where LSTMTORCH_NVRTC names one: it needs no device.</summary>
public sealed class CudaCompilationTests
{
    /// <summary>The eight matrices' addresses, which are looked up by gate: 64 bytes; and a few registers. Weights would take 512 and more.</summary>
    private const int LargestFrame = 128;

    /// <summary>Exact products are summed beside the sums that they are added to, which is a few registers more.</summary>
    private const int LargestExactFrame = 192;

    private static readonly CudaDeviceFacts s_h100 = new(9, 0, 132, 232448);

    public static TheoryData<int, int, PeepholeKind> Shapes { get; } = new()
    {
        { 32, 50, PeepholeKind.Diagonal },
        { 64, 256, PeepholeKind.Diagonal },
        { 64, 512, PeepholeKind.Diagonal },
        { 16, 768, PeepholeKind.Diagonal },
        { 64, 768, PeepholeKind.Diagonal },
        { 64, 1024, PeepholeKind.Diagonal },
        { 128, 512, PeepholeKind.Diagonal },
        { 32, 50, PeepholeKind.Full },
        { 64, 256, PeepholeKind.Full },
        { 64, 512, PeepholeKind.Full },
        { 16, 768, PeepholeKind.Full },
        { 64, 1024, PeepholeKind.Full },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Compile_OfAPlan_SpillsNoWeights(int batch, int hidden, PeepholeKind kind)
    {
        string? library = Environment.GetEnvironmentVariable(NvrtcLibraries.EnvironmentVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(library), $"{NvrtcLibraries.EnvironmentVariable} names no compiler.");
        var nvrtc = Nvrtc.Load(library!);

        foreach (bool exact in new[] { false, true })
        {
            CudaPlan plan = CudaPlan.Candidates(s_h100, new CudaShape(batch, hidden, new Peephole(kind, PeepholeConnections.All), exact))[0];
            foreach (CudaLaunch launch in new[] { plan.Forward, plan.Backward })
            {
                byte[] cubin = nvrtc.Compile(CudaSources.Text(launch.Parts), ["--gpu-architecture=sm_90", "--std=c++17", .. launch.Defines]);

                Assert.InRange(FrameSize(cubin, launch.Function), 0, exact ? LargestExactFrame : LargestFrame);
            }
        }
    }

    /// <summary>Bytes of a kernel's stack, from the section .nv.info of its file: what does not fit in registers lies there.</summary>
    private static int FrameSize(byte[] elf, string kernel)
    {
        const byte withSize = 0x04, frameSize = 0x11;
        ulong table = Read64(0x28);
        int entry = Read16(0x3A), count = Read16(0x3C), names = Read16(0x3E);
        ulong strings = Read64(Section(names) + 0x18), symbols = 0, info = 0, symbolNames = 0;
        int infoSize = 0;
        for (int n = 0; n < count; n++)
        {
            string name = Text(strings + Read32(Section(n)));
            ulong start = Read64(Section(n) + 0x18);
            if (name == ".symtab")
                symbols = start;
            else if (name == ".strtab")
                symbolNames = start;
            else if (name == ".nv.info")
                (info, infoSize) = (start, (int)Read64(Section(n) + 0x20));
        }

        for (ulong at = info; at < info + (ulong)infoSize;)
        {
            bool sized = elf[at] == withSize;
            if (sized && elf[at + 1] == frameSize && Text(symbolNames + Read32(symbols + (24 * (ulong)Read32(at + 4)))) == kernel)
                return (int)Read32(at + 8);
            at += 4 + (sized ? (ulong)Read16(at + 2) : 0);
        }

        throw new InvalidDataException($"there is no kernel {kernel}");

        ulong Section(int n) => table + ((ulong)n * (ulong)entry);
        ushort Read16(ulong at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan((int)at));
        uint Read32(ulong at) => BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan((int)at));
        ulong Read64(ulong at) => BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan((int)at));
        string Text(ulong at) => Encoding.ASCII.GetString(elf.AsSpan((int)at, elf.AsSpan((int)at).IndexOf((byte)0)));
    }
}
