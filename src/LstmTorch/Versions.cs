using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace LstmTorch;

/// <summary>The versions that a result depends on.</summary>
public static class Versions
{
    /// <summary>This library's version.</summary>
    public static string LstmTorch { get; } = Of(typeof(Versions).Assembly);

    /// <summary>Program, .NET, TorchSharp, libtorch and system, by name.</summary>
    public static IReadOnlyDictionary<string, string> Current => new OrderedDictionary<string, string>
    {
        ["lstmtorch"] = LstmTorch,
        ["dotnet"] = Environment.Version.ToString(),
        ["torchsharp"] = Of(typeof(torch).Assembly),
        ["libtorch"] = LibTorch.Version,
        ["system"] = $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}",
    };

    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly.GetName().Version?.ToString() ?? "unknown";
}
