using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Verification;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Kernels;

/// <summary>The kernels on a real device, where there is one; <c>verify --device cuda --random 100 --repeat 100</c> does more of the same.</summary>
public sealed class CudaKernelTests
{
    public static TheoryData<string, MatrixPrecision> CasesAndPrecisions()
    {
        var data = new TheoryData<string, MatrixPrecision>();
        foreach (ReferenceCase @case in ReferenceCase.Embedded())
        {
            data.Add(@case.Name, MatrixPrecision.Fp32);
            data.Add(@case.Name, MatrixPrecision.Tf32);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(CasesAndPrecisions))]
    public void Verification_OfAnEmbeddedCase_IsWithinTheToleranceAndTheSameInEveryRun(string name, MatrixPrecision precision) =>
        Passes(ReferenceCase.Embedded().Single(candidate => candidate.Name == name), precision, repeats: 100);

    [Fact]
    public void Verification_OfRandomCases_IsWithinTheTolerance()
    {
        for (int number = 1; number <= 30; number++)
        {
            using var scope = NewDisposeScope();
            ReferenceCase @case = ReferenceCase.Random(number);
            Passes(@case, MatrixPrecision.Fp32, repeats: 2);
            Passes(@case, MatrixPrecision.Tf32, repeats: 2);
        }
    }

    private static void Passes(ReferenceCase @case, MatrixPrecision precision, int repeats)
    {
        VerificationResult result = KernelVerification.Run(@case, FusedKernels.Of("cuda"), ScalarType.Float32, CUDA, precision, repeats);
        Assert.True(result.Refusal is null && result.Passed, $"{result.Case}: {result.Refusal ?? result.Differing ?? result.Worst!.ToString()}");
    }
}
