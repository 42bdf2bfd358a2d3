using LstmTorch.Runtime.Kernels;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed unsafe class WorkspaceTests
{
    [Fact]
    public void Take_Pieces_AreAlignedAndDisjoint()
    {
        using Workspace workspace = Workspace.Rent(Workspace.Piece(3) + Workspace.Piece(100));
        float* first = workspace.Take(3);
        float* second = workspace.Take(100);
        Assert.Equal(0, (nint)first % 64);
        Assert.Equal(0, (nint)second % 64);
        Assert.True(second >= first + 3);
    }

    [Fact]
    public void Take_MoreThanRented_Throws()
    {
        using Workspace workspace = Workspace.Rent(1 << 20);
        Assert.Throws<InvalidOperationException>(() => workspace.Take(1 << 22));
    }

    [Fact]
    public void Rent_TwoAtOnce_AreDisjoint()
    {
        using Workspace one = Workspace.Rent(1 << 16);
        using Workspace other = Workspace.Rent(1 << 16);
        Assert.True(Math.Abs((nint)one.Take(16) - (nint)other.Take(16)) >= 1 << 16);
    }

    [Fact]
    public void Dispose_Twice_ReturnsOnce()
    {
        Workspace workspace = Workspace.Rent(12_345_678);
        workspace.Dispose();
        workspace.Dispose();
        using Workspace one = Workspace.Rent(12_345_678);
        using Workspace other = Workspace.Rent(12_345_678);
        Assert.NotEqual((nint)one.Take(1), (nint)other.Take(1));
    }
}
