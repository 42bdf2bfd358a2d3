using System.Buffers.Binary;
using System.Reflection;
using System.Text;
using Xunit;

namespace LstmTorch.Tests.Build;

/// <summary>
/// The build changes one bit of TorchSharp's native library in the output folder, and nothing in the package.
/// Layout: Linux Standard Base Core, section 10.7.3, and the System V ABI's section headers.
/// </summary>
public class WeakenSymbolVersionTests
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint VersionHash = 0x0297f842; // ELF hash of the name, computed by another program
    private const int FlagWeak = 2;
    private const int TypeVersionNeeds = 0x6ffffffe;

    private static readonly string s_package = Path.Combine(
        typeof(WeakenSymbolVersionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "TorchSharpPackage").Value!,
        "runtimes/linux-x64/native/libLibTorchSharp.so");

    private static readonly string s_output = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libLibTorchSharp.so");

    [Fact]
    public void OutputsCopy_DiffersFromThePackages_InTheWeakFlagOfOneVersionOnly()
    {
        SkipUnlessThere();
        byte[] package = File.ReadAllBytes(s_package), output = File.ReadAllBytes(s_output);
        Assert.Equal(package.Length, output.Length);

        int place = Assert.Single(Enumerable.Range(0, package.Length), i => package[i] != output[i]);

        Assert.Equal(FlagWeak, package[place] ^ output[place]);
        Assert.Equal(FlagsOfVersion(package), place);
    }

    [Fact]
    public void Package_StillHasTheStrongRequirement_AndTheOutputTheWeakOne()
    {
        SkipUnlessThere();
        byte[] package = File.ReadAllBytes(s_package), output = File.ReadAllBytes(s_output);

        Assert.Equal(0, UInt16(package, FlagsOfVersion(package)));
        Assert.Equal(FlagWeak, UInt16(output, FlagsOfVersion(output)));
    }

    private static void SkipUnlessThere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library is changed on Linux only");
        Assert.SkipUnless(File.Exists(s_package), $"there is no {s_package}");
        Assert.SkipUnless(File.Exists(s_output), $"there is no {s_output}");
    }

    /// <summary>Where the flags of the version's vernaux entry lie: the entry with its hash whose name is the version.</summary>
    private static int FlagsOfVersion(byte[] elf)
    {
        ReadOnlySpan<byte> sections = elf.AsSpan(Int32(elf, 0x28));
        int size = UInt16(elf, 0x3a);
        int needs = 0;
        while (Int32(sections, (needs * size) + 4) != TypeVersionNeeds)
            needs++;
        int start = Int32(sections, (needs * size) + 24), length = Int32(sections, (needs * size) + 32);
        int strings = Int32(sections, (Int32(sections, (needs * size) + 40) * size) + 24);

        // vernaux: hash (4 bytes), flags (2), other (2), name (4), next (4).
        int entry = start + elf.AsSpan(start, length).IndexOf(BitConverter.GetBytes(VersionHash));
        ReadOnlySpan<byte> name = elf.AsSpan(strings + Int32(elf, entry + 8));
        Assert.Equal(Version, Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]));
        return entry + 4;
    }

    // Offsets are 64-bit fields; the library is smaller than 2 GB, so that their low half is all of them.
    private static int Int32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    private static int UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
