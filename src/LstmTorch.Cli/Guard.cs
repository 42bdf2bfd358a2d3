using System.CommandLine;
using System.Runtime.InteropServices;
using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary>Runs a command, and turns what goes wrong into one line on standard error and an exit code.</summary>
internal static class Guard
{
    public static int Invoke(ParseResult parsed)
    {
        if (UsageError.Of(parsed) is { } wrong)
        {
            Console.Error.WriteLine($"lstmtorch: {wrong}");
            return ExitCode.WrongUsage;
        }

        try
        {
            // Signals are the training command's own business: see StopSignals.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (LstmTorchException error)
        {
            return Tell(parsed, error, error.Message, ExitCode.Of(error.Kind));
        }
        catch (ExternalException error) when (CudaErrors.Explain(error) is { } explained)
        {
            return Tell(parsed, error, explained.Message, ExitCode.Of(explained.Kind));
        }
        catch (OutOfMemoryException error)
        {
            return Tell(parsed, error, "out of memory; a smaller --batch-size, --hidden-size or file needs less", ExitCode.InternalError);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException))
        {
            // Whoever opens a file names it when it fails: what is left are the standard streams.
            return Tell(parsed, error, $"standard output: cannot be written: {FirstLine(error.Message)}", ExitCode.CannotWrite);
        }
#pragma warning disable CA1031 // The last line of defence: whatever comes here is reported, never swallowed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Tell(parsed, error, $"internal error: {error.GetType().Name}: {FirstLine(error.Message)}; --verbose shows where", ExitCode.InternalError);
        }
    }

    private static int Tell(ParseResult parsed, Exception error, string message, int exitCode)
    {
        Console.Error.WriteLine($"lstmtorch: {message}");
        if (parsed.GetResult(CommonOptions.Verbose) is not null && parsed.GetValue(CommonOptions.Verbose))
            Console.Error.WriteLine(error);
        return exitCode;
    }

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();
}
