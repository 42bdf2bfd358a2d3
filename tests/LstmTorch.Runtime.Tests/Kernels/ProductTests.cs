using System.Runtime.Intrinsics;
using LstmTorch.Runtime.Kernels;
using Xunit;

namespace LstmTorch.Runtime.Tests.Kernels;

public sealed unsafe class ProductTests
{
    public static TheoryData<int> Widths => [.. KernelSet.All.Select(set => set.Width)];

    [Theory, MemberData(nameof(Widths))]
    public void Run_EveryTile_IsTheProduct(int width)
    {
        var random = new Random(1);
        for (int rows = 1; rows <= 14; rows++)
        {
            for (int vectors = 1; vectors <= 5; vectors++)
            {
                foreach (int terms in (int[])[0, 1, 2, 7])
                {
                    int lastLanes = random.Next(1, width + 1);
                    Check(width, rows, vectors, terms, lastLanes, accumulate: (rows + vectors + terms) % 2 == 0, rowsInner: rows % 3 == 0);
                }
            }
        }
    }

    // Whole numbers: every sum is exact in any order.
    private static void Check(int width, int rows, int vectors, int terms, int lastLanes, bool accumulate, bool rowsInner)
    {
        int columns = ((vectors - 1) * width) + lastLanes;
        int weightStride = vectors * width;
        int targetStride = weightStride + 3;
        (int rowStride, int termStride) = rowsInner ? (1, rows) : (terms, 1);
        double[] a = [.. Enumerable.Range(0, rows * terms).Select(n => (n * 7 % 11) - 5.0)];
        double[] w = [.. Enumerable.Range(0, terms * weightStride).Select(n => (n * 5 % 13) - 6.0)];
        double[] before = [.. Enumerable.Range(0, ((rows - 1) * targetStride) + weightStride).Select(n => n % 17 - 8.0)];
        using var operand = new GuardedFloats(a);
        using var weights = new GuardedFloats(w);
        using var target = new GuardedFloats(before);

        switch (width)
        {
            case 16:
                Product<Lanes512, Vector512<float>>.Run(
                    operand.Data, rowStride, termStride, rows, terms, weights.Data, weightStride, vectors,
                    target.Data, targetStride, lastLanes, accumulate);
                break;
            case 8:
                Product<Lanes256, Vector256<float>>.Run(
                    operand.Data, rowStride, termStride, rows, terms, weights.Data, weightStride, vectors,
                    target.Data, targetStride, lastLanes, accumulate);
                break;
            default:
                Product<Lanes128, Vector128<float>>.Run(
                    operand.Data, rowStride, termStride, rows, terms, weights.Data, weightStride, vectors,
                    target.Data, targetStride, lastLanes, accumulate);
                break;
        }

        for (int n = 0; n < before.Length; n++)
        {
            (int row, int column) = (n / targetStride, n % targetStride);
            double expected = before[n];
            if (column < columns)
            {
                expected = accumulate ? expected : 0;
                for (int k = 0; k < terms; k++)
                {
                    expected += a[(row * rowStride) + (k * termStride)] * w[(k * weightStride) + column];
                }
            }

            Assert.True(target.Data[n] == expected, $"{rows} rows, {vectors} vectors, {terms} terms: [{row}, {column}] is {target.Data[n]}, expected {expected}");
        }
    }
}
