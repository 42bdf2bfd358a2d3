using LstmTorch.Cli;
using LstmTorch.Predict;
using LstmTorch.Runtime;

try
{
    if (args is ["--help" or "-h"])
    {
        Console.Out.WriteLine(Arguments.Help);
        return ExitCode.Success;
    }

    Prediction.Run(Arguments.Parse(args));
    return ExitCode.Success;
}
catch (LstmTorchException error)
{
    Console.Error.WriteLine($"lstmtorch-predict: {error.Message}");
    return ExitCode.Of(error.Kind);
}
catch (IOException error) when (error.GetType() == typeof(IOException))
{
    // Whoever opens a file names it when it fails: what is left are the standard streams.
    Console.Error.WriteLine($"lstmtorch-predict: standard output: cannot be written: {error.Message.Split('\n')[0].TrimEnd()}");
    return ExitCode.CannotWrite;
}
#pragma warning disable CA1031 // The last line of defence: whatever comes here is reported, never swallowed.
catch (Exception error)
#pragma warning restore CA1031
{
    Console.Error.WriteLine($"lstmtorch-predict: internal error: {error.GetType().Name}: {error.Message.Split('\n')[0].TrimEnd()}");
    return ExitCode.InternalError;
}
