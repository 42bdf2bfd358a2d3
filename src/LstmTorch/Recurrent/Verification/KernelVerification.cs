using LstmTorch.Recurrent.Kernels;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Verification;

/// <summary>How far one quantity of a case is from what it should be.</summary>
/// <param name="Quantity">The output, state or gradient, such as output or grad weight_ih_l0.</param>
/// <param name="Error">The largest error: absolute in float64, relative to max(1, |expected|) in float32.</param>
public sealed record QuantityError(string Quantity, double Error);

/// <summary>The outcome of one case with one kernel in one precision.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Precision">float32 or float64.</param>
/// <param name="Tolerance">The largest error that passes.</param>
/// <param name="Errors">Every quantity; empty if the kernel does not serve the case.</param>
/// <param name="Refusal">Why the kernel does not serve the case, or null.</param>
public sealed record VerificationResult(
    string Case, string Kernel, string Precision, double Tolerance, IReadOnlyList<QuantityError> Errors, string? Refusal)
{
    /// <summary>The quantity that is furthest off, or null.</summary>
    public QuantityError? Worst => Errors.MaxBy(error => double.IsNaN(error.Error) ? double.PositiveInfinity : error.Error);

    /// <summary>True unless a quantity is beyond the tolerance or not a number.</summary>
    public bool Passed => Errors.All(error => error.Error <= Tolerance);
}

/// <summary>Runs reference cases through a kernel and measures the error of every output and gradient.</summary>
public static class KernelVerification
{
    /// <summary>float64: a few hundred operations deep, each good to 1e-16; a wrong term shows at 1e-3.</summary>
    public const double Float64Tolerance = 1e-10;

    /// <summary>float32: the same depth with 6e-8 an operation.</summary>
    public const double Float32Tolerance = 1e-5;

    /// <summary>Runs one case.</summary>
    /// <param name="case">The case.</param>
    /// <param name="kernel">The kernel to hold against it.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where to run.</param>
    public static VerificationResult Run(ReferenceCase @case, ILstmKernel kernel, ScalarType dtype, Device device)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(kernel);
        using var scope = NewDisposeScope();
        Tensor Load(Tensor value) => value.to(dtype, device).detach();
        double tolerance = dtype == ScalarType.Float64 ? Float64Tolerance : Float32Tolerance;
        VerificationResult Result(IReadOnlyList<QuantityError> errors, string? refusal) =>
            new(@case.Name, kernel.Name, dtype == ScalarType.Float64 ? "float64" : "float32", tolerance, errors, refusal);

        using var lstm = new PeepholeLstm(
            @case.InputSize, [.. Enumerable.Repeat(@case.HiddenSize, @case.Layers)], @case.Peephole, dtype: dtype, device: device);
        lstm.Kernel = kernel.Name;
        lstm.load_state_dict(Enumerable.Range(0, @case.Layers)
            .SelectMany(k => @case.Weights(k).Select(weight => (Name: $"{weight.Key}_l{k}", weight.Value)))
            .ToDictionary(weight => weight.Name, weight => Load(weight.Value)));

        Tensor x = Load(@case.Value("input")).requires_grad_();
        Tensor h0 = Load(@case.Value("h_0")).requires_grad_();
        Tensor c0 = Load(@case.Value("c_0")).requires_grad_();
        if (kernel.Refuses(lstm.Layers[0], x) is { } refusal)
            return Result([], refusal);

        var (y, last) = lstm.call(x, new LstmState(h0, c0).Unstack());
        LstmState end = LstmState.Stack(last);
        Tensor loss = (y * Load(@case.Value("grad_y"))).sum() + (end.Hidden * Load(@case.Value("grad_h_n"))).sum()
            + (end.Cell * Load(@case.Value("grad_c_n"))).sum();
        loss.backward();

        var parameters = lstm.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        double Error(Tensor? actual, Tensor expected) => LargestError(actual, expected, relativeAboveOne: dtype == ScalarType.Float32);
        return Result(
            [
                new("output", Error(y, @case.Value("output"))),
                new("h_n", Error(end.Hidden, @case.Value("h_n"))),
                new("c_n", Error(end.Cell, @case.Value("c_n"))),
                new("grad input", Error(x.grad, @case.Gradient("input"))),
                new("grad h_0", Error(h0.grad, @case.Gradient("h_0"))),
                new("grad c_0", Error(c0.grad, @case.Gradient("c_0"))),
                .. Enumerable.Range(0, @case.Layers).SelectMany(k => @case.WeightGradients(k).Select(expected =>
                    new QuantityError($"grad {expected.Key}_l{k}", Error(parameters[$"{expected.Key}_l{k}"].grad, expected.Value)))),
            ],
            null);
    }

    private static double LargestError(Tensor? actual, Tensor expected, bool relativeAboveOne)
    {
        if (actual is null || !actual.shape.SequenceEqual(expected.shape))
            return double.NaN;

        Tensor error = (actual.detach().to(ScalarType.Float64, CPU) - expected).abs();
        if (relativeAboveOne)
            error /= expected.abs().maximum(ones_like(expected));
        return error.max().item<double>();
    }
}
