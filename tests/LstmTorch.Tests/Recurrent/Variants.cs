using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Recurrent;

/// <summary>Every kind of peephole with every subset of connections that differs.</summary>
internal static class Variants
{
    public static IEnumerable<Peephole> All()
    {
        yield return Peephole.None;
        foreach (PeepholeKind kind in new[] { PeepholeKind.Diagonal, PeepholeKind.Full })
        {
            for (var connections = (PeepholeConnections)1; connections <= PeepholeConnections.All; connections++)
                yield return new Peephole(kind, connections);
        }
    }

    public static TheoryData<PeepholeKind, PeepholeConnections> Data()
    {
        var data = new TheoryData<PeepholeKind, PeepholeConnections>();
        foreach (var (kind, connections) in All())
            data.Add(kind, connections);
        return data;
    }
}
