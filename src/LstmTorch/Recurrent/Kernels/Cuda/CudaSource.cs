using System.Text;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The CUDA C++ that the library carries, in parts without includes.</summary>
internal static class CudaSource
{
    /// <summary>One text of several parts, in their order.</summary>
    /// <param name="parts">Names of embedded files, such as hardware.cuh.</param>
    public static string Concatenate(IEnumerable<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts)
        {
            using var reader = new StreamReader(typeof(CudaSource).Assembly.GetManifestResourceStream($"cuda/{part}")!);
            text.Append(reader.ReadToEnd());
        }

        return text.ToString();
    }
}
