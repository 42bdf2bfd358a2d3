using System.Text;
using LstmTorch.Runtime.Model;
using LstmTorch.Tests.Fuzzing;
using Xunit;
using static LstmTorch.Runtime.Tests.Model.SafetensorsBytes;

namespace LstmTorch.Runtime.Tests.Model;

/// <summary>Files that are nearly right: each is read as a whole file or refused as a damaged one, nothing else.</summary>
public class SafetensorsMutationTests
{
    private const int Seed = 19971115;
    private const int Mutations = 20_000;
    private const int DataLength = 16;

    private static readonly byte[] s_valid = Of(
        """{"__metadata__":{"format":"pt","config":"{}"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"""
        + """ "b\u00e9":{"dtype":"I64","shape":[],"data_offsets":[8,16]},"c":{"dtype":"U8","shape":[0,3],"data_offsets":[16,16]}} """,
        [.. Enumerable.Range(1, DataLength).Select(i => (byte)i)]);

    private static readonly ByteMutator s_mutator = new([s_valid],
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "null", "true", "-1", "1.5", "1e9", "0", "18446744073709551615",
            "18446744073709551616", "9223372036854775807", "\"a\"", "\"dtype\":\"F64\",", "\"shape\":[],", "\"data_offsets\":[0,8],",
            "\"__metadata__\":{},", "\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},", "[[[[[[[[", "\0", "\u00ff", "\uFEFF",
        }.Select(Encoding.UTF8.GetBytes),
        .. ByteMutator.BrokenText,
    ]);

    [Fact]
    public void Parse_MutatedFile_IsWholeOrDamaged()
    {
        var random = new Random(Seed);
        int whole = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] file = Mutated(random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            SafetensorsFile? read = null;
            try
            {
                read = Safetensors.Parse(file, Where);
            }
            catch (LstmTorchException error)
            {
                Assert.Equal(ErrorKind.Damaged, error.Kind);
                Assert.StartsWith($"{Where}: ", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(error.Message, char.IsControl);
            }

            // Some kilobytes of exceptions and texts; a count taken from the file would give far more.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
            if (read is null)
                continue;
            whole++;
            CheckWhole(read, file);
        }

        // Most single changes of a number or a letter of a name keep the file whole: fewer would mean that the mutations
        // only ever reach the first check.
        Assert.InRange(whole, Mutations / 50, Mutations / 2);
    }

    /// <summary>Half of them with the right length again, so that the header behind it is reached.</summary>
    private static byte[] Mutated(Random random)
    {
        byte[] file = s_mutator.Next(random);
        return random.Next(2) == 0 && file.Length >= 8 + DataLength ? Of(file[8..^DataLength], file[^DataLength..]) : file;
    }

    private static void CheckWhole(SafetensorsFile read, byte[] file)
    {
        Assert.Distinct(read.Tensors.Select(tensor => tensor.Name));
        Assert.DoesNotContain(read.Tensors, tensor => tensor.Name == "__metadata__");
        foreach (SafetensorsTensor tensor in read.Tensors)
            Assert.Equal(tensor.Data.Length, tensor.Shape.Aggregate((Int128)SafetensorsTensor.SizeOf(tensor.Type), (size, dimension) => size * dimension));
        byte[] data = [.. read.Tensors.SelectMany(tensor => tensor.Data.ToArray())];
        Assert.Equal(file[^data.Length..], data);
        Assert.Equal(8 + BitConverter.ToInt64(file) + data.Length, file.Length);
    }
}
