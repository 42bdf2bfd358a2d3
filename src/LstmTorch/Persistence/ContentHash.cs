using System.Security.Cryptography;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Persistence;

/// <summary>
/// A safetensors file that carries the SHA-256 of itself, as <c>sha256</c> in its metadata: of the bytes that the file would
/// have without that entry.
/// </summary>
/// <remarks>The format alone notices a file that is cut short, but not a weight that has changed on the disk.</remarks>
internal static class ContentHash
{
    private const string Key = "sha256";

    /// <summary>Writes a file with its hash.</summary>
    public static void Write(Stream stream, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        Safetensors.Write(stream, tensors, new Dictionary<string, string>(metadata) { [Key] = Of(tensors, metadata) });

    /// <summary>Compares the hash with the content.</summary>
    /// <param name="file">The file as it was read.</param>
    /// <param name="where">What to call it in an error.</param>
    /// <exception cref="LstmTorchException">There is no hash, or the content is another.</exception>
    public static void Check(SafetensorsFile file, string where)
    {
        var metadata = new Dictionary<string, string>(file.Metadata);
        if (!metadata.Remove(Key, out string? written))
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: damaged: the hash of its content is missing");
        if (written != Of(file.Tensors, metadata))
            throw new LstmTorchException(ErrorKind.Damaged, $"{where}: damaged: the content does not match its hash");
    }

    private static string Of(IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            Safetensors.Write(stream, tensors, metadata);
        return Convert.ToHexStringLower(hash.Hash!);
    }
}
