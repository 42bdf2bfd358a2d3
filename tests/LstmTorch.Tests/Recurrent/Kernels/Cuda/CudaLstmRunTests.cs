using LstmTorch.Recurrent;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Recurrent.Kernels.Cuda;
using LstmTorch.Recurrent.Verification;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;
using static TorchSharp.torch;

namespace LstmTorch.Tests.Recurrent.Kernels.Cuda;

/// <summary>The CUDA kernels and what stands around them, on an emulated device.</summary>
public sealed class CudaLstmRunTests
{
    public static TheoryData<string, string> KernelsAndCases()
    {
        var data = new TheoryData<string, string>();
        foreach (string kernel in FusedKernels.Emulated)
        {
            foreach (ReferenceCase @case in ReferenceCase.Embedded())
                data.Add(kernel, @case.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(KernelsAndCases))]
    public void Verification_OfAnEmbeddedCase_IsWithinTheToleranceOfFloat32(string kernel, string name) =>
        Passes(KernelVerification.Run(Embedded(name), FusedKernels.Of(kernel), ScalarType.Float32, CPU, repeats: 2));

    [Theory]
    [InlineData("cuda cluster", "full_ifco")]
    [InlineData("cuda grid", "diagonal_ifo")]
    public void Verification_OfAnEmbeddedCase_IsWithinTheToleranceOfTf32AndNotOfFloat32(string kernel, string name)
    {
        VerificationResult result = KernelVerification.Run(Embedded(name), FusedKernels.Of(kernel), ScalarType.Float32, CPU, MatrixPrecision.Tf32);
        Passes(result);
        Assert.Equal("tf32", result.Precision);
        Assert.True(result.Worst!.Error > KernelVerification.Float32Tolerance, "The products were not rounded to TF32.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Verification_OfARandomCase_PassesStepwise(int number)
    {
        using var scope = NewDisposeScope();
        Passes(KernelVerification.Run(ReferenceCase.Random(number), FusedKernels.Of("cuda stepwise"), ScalarType.Float32, CPU));
    }

    /// <summary>Devices of many sizes, so that one shape after another is planned in one form after another. It takes a quarter of an hour.</summary>
    [Fact(Explicit = true)]
    public void Verification_OfManyRandomCases_PassesOnDevicesOfAnySize()
    {
        for (int number = 1; number <= 60; number++)
        {
            var random = new Random(number);
            var facts = new CudaDeviceFacts(random.Next(8, 10), 0, random.Next(2, 133), 1024 * random.Next(24, 228));
            MatrixPrecision precision = random.Next(2) == 0 ? MatrixPrecision.Fp32 : MatrixPrecision.Tf32;
            using var scope = NewDisposeScope();
            Passes(KernelVerification.Run(ReferenceCase.Random(number), new CudaKernel(EmulatedCuda.Device(facts)), ScalarType.Float32, CPU, precision, repeats: 2));
        }
    }

    [Theory]
    [InlineData(1, true, 1)]
    [InlineData(40, false, 1)]
    [InlineData(3, true, 5)]
    public void Gradients_OfSizesAroundTheTiles_AreThoseOfTheReference(int batch, bool ofCluster, int steps)
    {
        using var scope = NewDisposeScope();
        var (expected, actual) = Both(FusedKernels.Of(ofCluster ? "cuda cluster" : "cuda grid"), batch, steps, 17, Peephole.Full);
        Close(expected, actual);
    }

    [Fact]
    public void Gradients_OfABatchThatNeedsSeveralLaunches_AreThoseOfTheReference()
    {
        // One multiprocessor for each of the two blocks of a group: one group of at most 32 sequences runs at once.
        var kernel = new CudaKernel(EmulatedCuda.Device(new CudaDeviceFacts(8, 0, 2, 166912)));
        using var scope = NewDisposeScope();
        var (expected, actual) = Both(kernel, batch: 40, steps: 3, hiddenSize: 17, Peephole.Full);
        Close(expected, actual);
    }

    [Fact]
    public void Forward_WhereTheSumsOfTwoStepsShareOneBuffer_IsThatOfTheReference()
    {
        // Long, and with few products a step: one warp must overtake another by nearly a step for one to take the other's sums.
        var facts = new CudaDeviceFacts(8, 0, 4, 166912);
        CudaPlan plan = CudaPlan.Candidates(facts, new CudaShape(50, 40, Peephole.Diagonal, Exact: false))[0];
        Assert.Contains("-DSUM_BUFFERS=1", plan.Forward.Defines);
        var kernel = new CudaKernel(EmulatedCuda.Device(facts));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (cell, x, initial) = Case(batch: 50, steps: 100, hiddenSize: 40, Peephole.Diagonal);
        cell.Precision = MatrixPrecision.Tf32;

        Tensor error = new ReferenceKernel().Forward(cell, x, initial).Output - kernel.Forward(cell, x, initial).Output;

        Assert.InRange(error.abs().max().item<float>(), 0, KernelVerification.Tf32Tolerance);
    }

    [Fact]
    public void Gradients_WhereWeightsAreStreamed_AreThoseOfTheReference()
    {
        // Too little shared memory for the weights that registers do not hold.
        var facts = new CudaDeviceFacts(8, 0, 108, 24 * 1024);
        CudaPlan plan = CudaPlan.Candidates(facts, new CudaShape(3, 400, Peephole.Full, Exact: true))[0];
        Assert.NotNull(plan.Forward.Pack);
        Assert.NotNull(plan.Backward.Pack);
        using var scope = NewDisposeScope();
        var (expected, actual) = Both(new CudaKernel(EmulatedCuda.Device(facts)), batch: 3, steps: 2, hiddenSize: 400, Peephole.Full);
        Close(expected, actual);
    }

    [Fact]
    public void Gradients_WhereTheWayBackIsSplit_AreThoseOfTheReference()
    {
        // The narrowest layer that is split: one group of 24 sequences in 32 blocks.
        var facts = new CudaDeviceFacts(8, 0, 32, 166912);
        CudaPlan plan = CudaPlan.Candidates(facts, new CudaShape(20, 400, Peephole.Full, Exact: true))[0];
        Assert.Contains("backward_split.cu", plan.Backward.Parts);
        using var scope = NewDisposeScope();
        var (expected, actual) = Both(new CudaKernel(EmulatedCuda.Device(facts)), batch: 20, steps: 3, hiddenSize: 400, Peephole.Full);
        Close(expected, actual);
    }

    [Fact]
    public void Forward_WithoutGradients_IsTheSameToTheBit()
    {
        using var scope = NewDisposeScope();
        ILstmKernel kernel = FusedKernels.Of("cuda cluster");
        var (cell, x, initial) = Case(batch: 5, steps: 4, hiddenSize: 19, Peephole.Full);
        Tensor expected = kernel.Forward(cell, x, initial).Output.detach();
        using var noGradient = no_grad();
        var (y, last) = kernel.Forward(cell, x, initial);

        Assert.False(y.requires_grad);
        Assert.Equal(0, (y - expected).abs().max().item<float>());
        Assert.Equal(0, (last.Hidden - expected[^1]).abs().max().item<float>());
    }

    [Fact]
    public void Forward_OfWeightsInOneFlatBuffer_IsTheSameToTheBit()
    {
        // Their addresses are multiples of four bytes and of nothing more.
        using var scope = NewDisposeScope();
        ILstmKernel kernel = FusedKernels.Of("cuda grid");
        var (cell, x, initial) = Case(batch: 5, steps: 4, hiddenSize: 19, Peephole.Full);
        using var noGradient = no_grad();
        Tensor expected = kernel.Forward(cell, x, initial).Output;
        Tensor flat = zeros(1 + cell.parameters().Sum(parameter => parameter.numel()));
        long next = 1;
        foreach (var parameter in cell.parameters())
        {
            Tensor view = flat.narrow(0, next, parameter.numel()).view(parameter.shape);
            view.copy_(parameter);
            parameter.set_(view);
            next += parameter.numel();
        }

        Assert.Equal(0, (kernel.Forward(cell, x, initial).Output - expected).abs().max().item<float>());
    }

    [Fact]
    public void Backward_ThatTheDriverRefuses_IsThrownByTheNextForwardPass()
    {
        using var scope = NewDisposeScope();
        ILstmKernel kernel = FusedKernels.Of("cuda cluster");
        var (cell, x, initial) = Case(batch: 5, steps: 4, hiddenSize: 19, Peephole.Full);
        Tensor y = kernel.Forward(cell, x, initial).Output;
        try
        {
            EmulatedDevice.Set("failing_launch", 1);
            y.sum().backward();
        }
        finally
        {
            EmulatedDevice.Set("failing_launch", 0);
        }

        Assert.Null(x.grad);
        var error = Assert.Throws<LstmTorchException>(() => kernel.Forward(cell, x, initial));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.StartsWith("CUDA error 719 while starting a kernel: ", error.Message, StringComparison.Ordinal);
        kernel.Forward(cell, x, initial);
    }

    [Fact]
    public void Forward_WhoseExchangeIsLost_EndsAndIsThrownWhenItIsAskedFor()
    {
        using var scope = NewDisposeScope();
        ILstmKernel kernel = FusedKernels.Of("cuda grid");
        var (cell, x, initial) = Case(batch: 5, steps: 4, hiddenSize: 19, Peephole.Full);
        try
        {
            EmulatedDevice.Set("drop_store", 10);
            kernel.Forward(cell, x, initial);
        }
        finally
        {
            EmulatedDevice.Set("drop_store", -1);
        }

        var error = Assert.Throws<LstmTorchException>(FusedLstmFunction.ThrowPending);
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.StartsWith("the GPU's blocks lost each other", error.Message, StringComparison.Ordinal);
        FusedLstmFunction.ThrowPending();
    }

    [Fact]
    public void Refuses_WhatItCannotRun_InWords()
    {
        using var scope = NewDisposeScope();
        using var cell = new PeepholeLstmCell(1, 1, Peephole.None);
        using var inDouble = new PeepholeLstmCell(1, 1, Peephole.None, ScalarType.Float64);
        Assert.Equal("it runs on CUDA devices only", new CudaKernel().Refuses(cell, zeros(1, 1, 1)));

        ILstmKernel emulated = FusedKernels.Of("cuda stepwise");
        Assert.Null(emulated.Refuses(cell, zeros(1, 1, 1)));
        Assert.Equal("it computes in float32 only", emulated.Refuses(inDouble, zeros(1, 1, 1, dtype: ScalarType.Float64)));
    }

    private static ReferenceCase Embedded(string name) => ReferenceCase.Embedded().Single(candidate => candidate.Name == name);

    private static void Passes(VerificationResult result) =>
        Assert.True(result.Refusal is null && result.Passed, $"{result.Case}: {result.Differing ?? result.Worst!.ToString()}");

    private static (Tensor[] Expected, Tensor[] Actual) Both(ILstmKernel kernel, int batch, int steps, int hiddenSize, Peephole peephole) =>
        (Gradients(new ReferenceKernel(), batch, steps, hiddenSize, peephole), Gradients(kernel, batch, steps, hiddenSize, peephole));

    private static Tensor[] Gradients(ILstmKernel kernel, int batch, int steps, int hiddenSize, Peephole peephole)
    {
        var (cell, x, initial) = Case(batch, steps, hiddenSize, peephole);
        var (y, last) = kernel.Forward(cell, x, initial);
        (((y * linspace(-1, 1, y.numel()).view(y.shape)).sum() + last.Hidden.square().sum() + last.Cell.sum()) / batch).backward();
        return [y.detach(), .. new[] { x, initial.Hidden, initial.Cell }.Concat(cell.parameters()).Select(leaf => leaf.grad!)];
    }

    private static (PeepholeLstmCell Cell, Tensor X, LstmState Initial) Case(int batch, int steps, int hiddenSize, Peephole peephole)
    {
        manual_seed(Seeds.Torch);
        Tensor State() => randn(batch, hiddenSize).requires_grad_();
        return (new PeepholeLstmCell(3, hiddenSize, peephole), randn(steps, batch, 3).requires_grad_(), new LstmState(State(), State()));
    }

    private static void Close(Tensor[] expected, Tensor[] actual)
    {
        for (int n = 0; n < expected.Length; n++)
        {
            double error = ((expected[n] - actual[n]).abs() / expected[n].abs().maximum(ones_like(expected[n]))).max().item<float>();
            Assert.True(error <= KernelVerification.Float32Tolerance, $"tensor {n}: error {error}");
        }
    }
}
