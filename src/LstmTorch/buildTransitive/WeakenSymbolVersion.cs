using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks one required symbol version of 64-bit little-endian ELF files as weak (VER_FLG_WEAK), so that the dynamic
/// loader accepts a system that lacks it. Nothing else in the file changes.
/// </summary>
/// <remarks>
/// Layout: System V ABI, "Linux Standard Base Core", section 10.7.3 (version requirements). Runs inside MSBuild, compiled
/// by its code task factory, hence no modern syntax.
/// </remarks>
public sealed class WeakenSymbolVersion : Task
{
    private const uint SectionTypeVersionNeed = 0x6ffffffe;
    private const ushort FlagWeak = 2;

    /// <summary>The files to change; files in the package cache must not be among them.</summary>
    [Required]
    public ITaskItem[] Files { get; set; }

    /// <summary>The version's name, such as GLIBCXX_3.4.32.</summary>
    [Required]
    public string SymbolVersion { get; set; }

    /// <summary>Changes every file that still has the strong requirement.</summary>
    public override bool Execute()
    {
        foreach (ITaskItem item in Files)
        {
            string path = item.ItemSpec;
            byte[] elf = File.ReadAllBytes(path);
            int flags = FindRequirementFlags(elf);
            if (flags < 0 || (elf[flags] & FlagWeak) != 0)
            {
                continue;
            }

            // The file may be a hard link into the package cache: write a new file and rename it over the link.
            DateTime written = File.GetLastWriteTimeUtc(path);
            string temporary = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
            elf[flags] |= (byte)FlagWeak;
            File.WriteAllBytes(temporary, elf);

            // With the original's time, the next incremental build sees an up-to-date copy and leaves it alone.
            File.SetLastWriteTimeUtc(temporary, written);
            File.Delete(path);
            File.Move(temporary, path);
            Log.LogMessage(MessageImportance.Normal, "{0}: the requirement of {1} is now weak", path, SymbolVersion);
        }

        return true;
    }

    /// <summary>Offset of the vernaux entry's flags, or -1 where the file does not require the version.</summary>
    private int FindRequirementFlags(byte[] elf)
    {
        bool is64BitLittleEndian = elf.Length > 64 && elf[0] == 0x7f && elf[1] == 'E' && elf[2] == 'L' && elf[3] == 'F'
            && elf[4] == 2 && elf[5] == 1;
        if (!is64BitLittleEndian)
        {
            return -1;
        }

        long sections = BitConverter.ToInt64(elf, 0x28);
        int sectionSize = BitConverter.ToUInt16(elf, 0x3A);
        int sectionCount = BitConverter.ToUInt16(elf, 0x3C);
        uint hash = ElfHash(SymbolVersion);
        for (int s = 0; s < sectionCount; s++)
        {
            int header = checked((int)(sections + (long)s * sectionSize));
            if (BitConverter.ToUInt32(elf, header + 4) != SectionTypeVersionNeed)
            {
                continue;
            }

            int strings = StringTable(elf, sections, sectionSize, BitConverter.ToInt32(elf, header + 40));
            int need = checked((int)BitConverter.ToInt64(elf, header + 24));
            for (int next = -1; next != 0; need += next)
            {
                int aux = need + BitConverter.ToInt32(elf, need + 8);
                for (int nextAux = -1; nextAux != 0; aux += nextAux)
                {
                    int name = strings + BitConverter.ToInt32(elf, aux + 8);
                    if (BitConverter.ToUInt32(elf, aux) == hash && NameAt(elf, name) == SymbolVersion)
                    {
                        return aux + 4;
                    }

                    nextAux = BitConverter.ToInt32(elf, aux + 12);
                }

                next = BitConverter.ToInt32(elf, need + 12);
            }
        }

        return -1;
    }

    private static int StringTable(byte[] elf, long sections, int sectionSize, int index)
    {
        return checked((int)BitConverter.ToInt64(elf, checked((int)(sections + (long)index * sectionSize)) + 24));
    }

    private static string NameAt(byte[] elf, int offset)
    {
        int end = Array.IndexOf(elf, (byte)0, offset);
        return Encoding.ASCII.GetString(elf, offset, end - offset);
    }

    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash ^= high >> 24;
            hash &= ~high;
        }

        return hash;
    }
}
