using LstmTorch.Runtime.Kernels;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed unsafe class WorkerTeamTests
{
    private const int Parts = 5;

    private static ThreadTeam? s_nested;

    public static TheoryData<string> Teams => ["threads", "gomp"];

    [Theory, MemberData(nameof(Teams))]
    public void Run_ManyTimes_CallsEachPartOnce(string name)
    {
        WorkerTeam team = Team(name);
        int* calls = stackalloc int[Parts];
        for (int run = 1; run <= 2000; run++)
        {
            team.Run(Parts, &Count, calls);
            Assert.All(new ReadOnlySpan<int>(calls, Parts).ToArray(), count => Assert.Equal(run, count));
        }
    }

    [Theory, MemberData(nameof(Teams))]
    public void Run_PartThrows_RunsTheOthersAndThrows(string name)
    {
        WorkerTeam team = Team(name);
        int* calls = stackalloc int[Parts];
        void* state = calls;
        var failure = Assert.Throws<InvalidOperationException>(() => team.Run(Parts, &CountAndThrow, state));
        Assert.Equal("part 3", failure.Message);
        Assert.Equal([1, 1, 1, 1, 1], new ReadOnlySpan<int>(calls, Parts).ToArray());
        team.Run(Parts, &Count, state);
        Assert.Equal([2, 2, 2, 2, 2], new ReadOnlySpan<int>(calls, Parts).ToArray());
    }

    [Fact]
    public void Run_InsideAPart_RunsAllAndThrows()
    {
        int* calls = stackalloc int[2 * Parts];
        s_nested = new ThreadTeam();
        void* state = calls;
        Assert.Throws<InvalidOperationException>(() => s_nested.Run(2, &Nested, state));
        Assert.Equal(Enumerable.Repeat(1, 2 * Parts), new ReadOnlySpan<int>(calls, 2 * Parts).ToArray());
    }

    [Theory, MemberData(nameof(Teams))]
    public void Run_FromSeveralCallersAtOnce_CallsEachPartOnce(string name)
    {
        WorkerTeam team = Team(name);
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            int* calls = stackalloc int[Parts];
            for (int run = 1; run <= 500; run++)
            {
                team.Run(Parts, &Count, calls);
                if (new ReadOnlySpan<int>(calls, Parts).ContainsAnyExcept(run))
                {
                    throw new InvalidOperationException("a part was missed or called twice");
                }
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
    }

    [Fact]
    public void Threads_BelowOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => WorkerTeam.Threads = 0);

    [Fact]
    public void From_LibraryThatIsNotGomp_IsNull() => Assert.Null(GompTeam.From("no-such-library"));

    private static void Nested(void* state, int part) => s_nested!.Run(Parts, &CountAndThrow, (int*)state + (part * Parts));

    private static void Count(void* state, int part) => Interlocked.Increment(ref ((int*)state)[part]);

    private static void CountAndThrow(void* state, int part)
    {
        Count(state, part);
        if (part == 3)
        {
            throw new InvalidOperationException($"part {part}");
        }
    }

    private static WorkerTeam Team(string name)
    {
        if (name == "threads")
        {
            return new ThreadTeam();
        }

        GompTeam? gomp = OperatingSystem.IsLinux() ? GompTeam.From("libgomp.so.1") : null;
        Assert.SkipUnless(gomp is not null, "there is no libgomp.so.1 on this system");
        return gomp!;
    }
}
