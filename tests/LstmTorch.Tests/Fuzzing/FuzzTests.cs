using System.Diagnostics;
using System.Globalization;
using System.Text;
using LstmTorch.Runtime;
using Xunit;

namespace LstmTorch.Tests.Fuzzing;

/// <summary>
/// Mutated files for every parser: each is read or refused in one line, within a second and without much memory. LSTMTORCH_FUZZ sets
/// how many a parser gets, and LSTMTORCH_FUZZ_FROM the number of the first, which also repeats one that failed.
/// </summary>
public sealed class FuzzTests
{
    private const int Few = 300;
    private const long MostBytes = 64 << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Targets => [.. FuzzTarget.All().Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Read_MutatedFiles_ReadsOrRefusesThem(string name)
    {
        FuzzTarget target = FuzzTarget.All().Single(target => target.Name == name);
        var mutator = new ByteMutator(target.Seeds, target.Tokens);
        int first = Setting("LSTMTORCH_FUZZ_FROM", 0), count = Setting("LSTMTORCH_FUZZ", Few), refused = 0;
        for (int number = first; number < first + count; number++)
        {
            byte[] file = mutator.Next(new Random(number));
            string? failure = Failure(target, file, number, ref refused);

            // A second look, since other programs may have held this one up.
            if (failure?.StartsWith("took", StringComparison.Ordinal) ?? false)
                failure = Failure(target, file, number, ref refused);
            if (failure is not null)
                Assert.Fail($"{name}, number {number}: {failure}\n{Convert.ToBase64String(file)}");
        }

        TestContext.Current.SendDiagnosticMessage($"{name}: {count} files, {refused} refused; {Environment.WorkingSet >> 20} MB resident");
        Assert.InRange(refused, 1, count);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Read_DeepNesting_IsRefused(string name)
    {
        const int depth = 100_000;
        FuzzTarget target = FuzzTarget.All().Single(target => target.Name == name);
        string[] deep = [new('[', depth), string.Concat(Enumerable.Repeat("{\"options\":", depth)), string.Concat(Enumerable.Repeat("{\"input\":[", depth))];
        int refused = 0;
        Assert.All(deep, text => Assert.Null(Failure(target, Encoding.UTF8.GetBytes(text), 0, ref refused)));
        Assert.Equal(deep.Length, refused);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Read_SeedsThatAreGood_AreNotRefused(string name)
    {
        FuzzTarget target = FuzzTarget.All().Single(target => target.Name == name);
        int refused = 0;
        Assert.All(target.Seeds, seed => Assert.Null(Failure(target, seed, 0, ref refused)));
        Assert.True(refused < target.Seeds.Count, "no seed is a good file");
    }

    /// <summary>Why an input is a find, or null if it was read or refused as it should be.</summary>
    private static string? Failure(FuzzTarget target, byte[] file, int number, ref int refused)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        try
        {
            target.Read(file, new Random(number));
        }
        catch (LstmTorchException error)
        {
            refused++;
            if (error.Kind is ErrorKind.Environment or ErrorKind.Diverged or ErrorKind.CannotWrite)
                return $"was refused as {error.Kind}: {error.Message}";
            if (error.Message.Any(char.IsControl))
                return $"was refused in more than one line, or with control characters: {error.Message}";
        }
#pragma warning disable CA1031 // Every other exception is what is looked for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error.ToString();
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return clock.Elapsed > s_longest ? $"took {clock.Elapsed}" : allocated > MostBytes ? $"allocated {allocated} bytes" : null;
    }

    private static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
