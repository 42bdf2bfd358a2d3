using LstmTorch.Runtime.Kernels;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed class MeetingTests
{
    [Fact]
    public void Join_PartsOneAfterAnother_OnlyTheFirstHasAPlace()
    {
        using Workspace workspace = Workspace.Rent(Workspace.Piece(Meeting.Floats(3)));
        var meeting = new Meeting(3, workspace);

        Assert.True(meeting.Join(0, 3, out int worker, out int workers));
        Assert.Equal((0, 1), (worker, workers));
        Assert.False(meeting.Join(1, 3, out _, out _));
        Assert.False(meeting.Join(2, 3, out _, out _));

        // Alone, there is nobody to wait for.
        meeting.Wait(worker, workers);
    }

    [Fact]
    public void Wait_ManyTimes_LetsNobodyRunAhead()
    {
        const int Parts = 3, Rounds = 1000;
        using Workspace workspace = Workspace.Rent(Workspace.Piece(Meeting.Floats(Parts)));
        var meeting = new Meeting(Parts, workspace);
        int[] rounds = new int[Parts];
        int furthestAhead = 0;
        void Work(int part)
        {
            if (!meeting.Join(part, Parts, out int worker, out int workers))
                return;
            for (int round = 1; round <= Rounds; round++)
            {
                Volatile.Write(ref rounds[worker], round);
                for (int other = 0; other < workers; other++)
                {
                    int ahead = Math.Abs(Volatile.Read(ref rounds[other]) - round);
                    if (ahead > 1)
                        Interlocked.Exchange(ref furthestAhead, ahead);
                }

                meeting.Wait(worker, workers);
            }
        }

        Thread[] threads = [.. Enumerable.Range(1, Parts - 1).Select(part => new Thread(() => Work(part)))];
        Array.ForEach(threads, thread => thread.Start());
        Work(0);
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(0, furthestAhead);
        Assert.Equal(Rounds, rounds[0]);
    }
}
