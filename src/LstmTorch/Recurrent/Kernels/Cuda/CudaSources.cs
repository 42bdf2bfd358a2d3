namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The texts of the kernels, which the library carries.</summary>
internal static class CudaSources
{
    /// <summary>Files one after another as one text: the run-time compiler knows no include paths.</summary>
    /// <param name="files">Their names, such as stepwise.cu.</param>
    public static string Text(IEnumerable<string> files) => string.Concat(files.Select(Read));

    private static string Read(string file)
    {
        using Stream text = typeof(CudaSources).Assembly.GetManifestResourceStream($"cuda/{file}")
            ?? throw new ArgumentException($"There are no kernels {file}.", nameof(file));
        using var reader = new StreamReader(text);
        return reader.ReadToEnd();
    }
}
