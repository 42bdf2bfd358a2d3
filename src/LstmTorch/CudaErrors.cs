using System.Runtime.InteropServices;
using LstmTorch.Runtime;

namespace LstmTorch;

/// <summary>libtorch's errors on a CUDA device that a person can do something about, in one line each.</summary>
public static class CudaErrors
{
    private static readonly (string Part, string Remedy)[] s_known =
    [
        ("CUDA out of memory", "a smaller --batch-size, --hidden-size or --context-length needs less; the last checkpoint is kept"),
        ("no kernel image is available", "this libtorch has no code for this card; use --device cpu, or a libtorch that was built for it"),
        ("driver version is insufficient", "update the NVIDIA driver, or use --device cpu"),
        ("busy or unavailable", "another program has the device for itself; wait for it, or choose another with --device cuda:N"),
        ("CUDA error", "the device or its driver has failed; start again, or use --device cpu; the last checkpoint is kept"),
        ("CUDNN_STATUS", "cuDNN has failed; start again, or use --device cpu"),
        ("CUBLAS_STATUS", "cuBLAS has failed, for want of memory perhaps; a smaller --batch-size needs less"),
    ];

    /// <summary>Explains an exception of TorchSharp, which passes on what libtorch says.</summary>
    /// <param name="error">The exception.</param>
    /// <returns>What to tell a person; null if it is something else.</returns>
    public static LstmTorchException? Explain(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error is not ExternalException)
            return null;
        string said = error.Message.Split('\n')[0].Trim();
        foreach (var (part, remedy) in s_known)
        {
            if (said.Contains(part, StringComparison.OrdinalIgnoreCase))
                return new LstmTorchException(ErrorKind.Environment, $"{FirstSentences(said)}: {remedy}", error);
        }

        return null;
    }

    /// <summary>What was tried and what there is; libtorch goes on with advice for programs in Python.</summary>
    private static string FirstSentences(string said)
    {
        const int sentences = 3;
        return string.Join(". ", said.Split(". ").Take(sentences)).TrimEnd('.');
    }
}
