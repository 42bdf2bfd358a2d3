using System.Buffers.Binary;
using System.Reflection;
using System.Text;
using Xunit;

namespace LstmTorch.Tests.Build;

/// <summary>
/// The build changes one flag in the output's copy of TorchSharp's native library, and nothing in the package's. The
/// flag is found here in another way than by the build task: through the dynamic section, as the loader does.
/// </summary>
public sealed class WeakenSymbolVersionTests
{
    private const string Library = "libLibTorchSharp.so";
    private const string SymbolVersion = "GLIBCXX_3.4.32";
    private const int FlagWeak = 2;

    private const int SegmentLoad = 1;
    private const int SegmentDynamic = 2;
    private const long DynamicStrings = 5;
    private const long DynamicVersionNeed = 0x6ffffffe;
    private const long DynamicVersionNeedCount = 0x6fffffff;

    [Fact]
    public void Build_LibraryInOutput_DiffersInTheWeakFlagOnly()
    {
        byte[] published = File.ReadAllBytes(Published());
        byte[] copy = File.ReadAllBytes(InOutput());
        int flags = RequirementFlags(published);

        Assert.Equal(published.Length, copy.Length);
        Assert.Equal([flags], Enumerable.Range(0, copy.Length).Where(at => copy[at] != published[at]));
        Assert.Equal(published[flags] | FlagWeak, copy[flags]);
    }

    [Fact]
    public void Build_LibraryInPackage_KeepsItsStrongRequirement()
    {
        byte[] published = File.ReadAllBytes(Published());

        Assert.Equal(0, BinaryPrimitives.ReadUInt16LittleEndian(published.AsSpan(RequirementFlags(published))));
    }

    private static string Published()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is changed on Linux only.");
        string package = typeof(WeakenSymbolVersionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "TorchSharpPackage").Value!;
        string path = Path.Combine(package, "runtimes", "linux-x64", "native", Library);
        Assert.SkipUnless(File.Exists(path), $"TorchSharp's package does not have {Library} for Linux.");
        return path;
    }

    private static string InOutput() =>
        Assert.Single(Directory.GetFiles(AppContext.BaseDirectory, Library, SearchOption.AllDirectories));

    /// <summary>Offset of the flags in the entry that requires the version.</summary>
    private static int RequirementFlags(byte[] elf)
    {
        List<(int Type, int Offset, long Address, long Size)> segments = [];
        int segmentSize = Word(elf, 0x36, 2), segmentCount = Word(elf, 0x38, 2), first = Word(elf, 0x20);
        for (int at = first; at < first + (segmentCount * segmentSize); at += segmentSize)
            segments.Add((Word(elf, at, 4), Word(elf, at + 8), Word(elf, at + 16), Word(elf, at + 32)));

        int OffsetOf(long address) => segments
            .Where(segment => segment.Type == SegmentLoad
                && address >= segment.Address && address < segment.Address + segment.Size)
            .Select(segment => (int)(address - segment.Address) + segment.Offset)
            .Single();

        Dictionary<long, long> dynamic = [];
        for (int at = segments.Single(segment => segment.Type == SegmentDynamic).Offset; Word(elf, at) != 0; at += 16)
            dynamic[Word(elf, at)] = Word(elf, at + 8);

        int strings = OffsetOf(dynamic[DynamicStrings]);
        int need = OffsetOf(dynamic[DynamicVersionNeed]);
        List<int> found = [];
        for (long left = dynamic[DynamicVersionNeedCount]; left > 0; left--)
        {
            int entry = need + Word(elf, need + 8, 4);
            for (int entries = Word(elf, need + 2, 2); entries > 0; entries--)
            {
                if (elf.AsSpan(strings + Word(elf, entry + 8, 4)).StartsWith(Encoding.ASCII.GetBytes(SymbolVersion + '\0')))
                    found.Add(entry + 4);

                entry += Word(elf, entry + 12, 4);
            }

            need += Word(elf, need + 12, 4);
        }

        return Assert.Single(found);
    }

    private static int Word(byte[] elf, int offset, int size = 8)
    {
        ReadOnlySpan<byte> bytes = elf.AsSpan(offset, size);
        return size switch
        {
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        };
    }
}
