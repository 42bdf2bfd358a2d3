using CsCheck;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Runtime.Tests.Model;

public class PeepholeTests
{
    private const PeepholeConnections I = PeepholeConnections.Input;
    private const PeepholeConnections F = PeepholeConnections.Forget;
    private const PeepholeConnections C = PeepholeConnections.Candidate;
    private const PeepholeConnections O = PeepholeConnections.Output;

    [Theory]
    [InlineData("", PeepholeConnections.None)]
    [InlineData("i", I)]
    [InlineData("f", F)]
    [InlineData("c", C)]
    [InlineData("o", O)]
    [InlineData("ifo", I | F | O)]
    [InlineData("fc", F | C)]
    [InlineData("ifco", PeepholeConnections.All)]
    public void ParseConnections_Letters_AreReadAndWrittenBack(string letters, PeepholeConnections connections)
    {
        Assert.Equal(connections, Peephole.ParseConnections(letters));
        Assert.Equal(letters, Peephole.Format(connections));
    }

    [Theory]
    [InlineData("ocfi", "ifco")]
    [InlineData("of", "fo")]
    [InlineData("ci", "ic")]
    public void ParseConnections_LettersInAnyOrder_AreWrittenInTheOrderOfTheGates(string letters, string ordered) =>
        Assert.Equal(ordered, Peephole.Format(Peephole.ParseConnections(letters)));

    [Theory]
    [InlineData("ii")]
    [InlineData("ifcoi")]
    [InlineData("ifx")]
    [InlineData("IFCO")]
    [InlineData("g")]
    [InlineData("i f")]
    [InlineData("i,f")]
    [InlineData("none")]
    public void ParseConnections_OtherLettersOrOneTwice_IsAUsageErrorThatQuotesThem(string letters) =>
        Refusal.Of(ErrorKind.Usage, $"'{letters}'", () => Peephole.ParseConnections(letters));

    [Fact]
    public void Sees_AnyKindAndConnections_IsTrueForTheConnectedGatesOfAPeepholeLstm() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 15]).Sample((kind, connections) =>
        {
            var peephole = new Peephole((PeepholeKind)kind, (PeepholeConnections)connections);
            string letters = peephole.Kind == PeepholeKind.None ? "" : Peephole.Format(peephole.Connections);

            Assert.Equal(letters.Contains('i', StringComparison.Ordinal), peephole.Sees(I));
            Assert.Equal(letters.Contains('f', StringComparison.Ordinal), peephole.Sees(F));
            Assert.Equal(letters.Contains('c', StringComparison.Ordinal), peephole.Sees(C));
            Assert.Equal(letters.Contains('o', StringComparison.Ordinal), peephole.Sees(O));
        });

    [Fact]
    public void NamedPeepholes_AreThoseOfTheLiterature()
    {
        Assert.Equal(new Peephole(PeepholeKind.Full, I | F | C | O), Peephole.Full);
        Assert.Equal(new Peephole(PeepholeKind.Diagonal, I | F | O), Peephole.Diagonal);
        Assert.Equal(new Peephole(PeepholeKind.None, PeepholeConnections.None), Peephole.None);
    }
}
