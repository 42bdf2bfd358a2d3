using LstmTorch.Runtime;

namespace LstmTorch.Cli;

/// <summary>The exit codes of the tool; those from 64 on are those of sysexits.h.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int CheckFailed = 1;
    public const int WrongUsage = 2;
    public const int BadData = 65;
    public const int InputNotFound = 66;
    public const int InternalError = 70;
    public const int CannotWrite = 73;
    public const int Damaged = 74;
    public const int StoppedResumable = 75;
    public const int Interrupted = 130;

    public static int Of(ErrorKind kind) => kind switch
    {
        ErrorKind.Usage => WrongUsage,
        ErrorKind.BadData => BadData,
        ErrorKind.NotFound => InputNotFound,
        ErrorKind.CannotWrite => CannotWrite,
        ErrorKind.Damaged => Damaged,
        _ => InternalError,
    };
}
