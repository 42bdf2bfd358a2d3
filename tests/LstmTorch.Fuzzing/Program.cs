using LstmTorch.Fuzzing;
using LstmTorch.Runtime;
using LstmTorch.Tests.Fuzzing;
using SharpFuzz;

// One parser under a fuzzer that sees which branches an input takes; scripts/fuzz.sh starts it. With a folder as second argument the
// good files of the parser are written there instead.
if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("usage: LstmTorch.Fuzzing PARSER [FOLDER]");
    return 64;
}

string name = args[0];

if (args is [_, { } folder])
{
    FuzzTarget good = Find();
    Directory.CreateDirectory(folder);
    for (int n = 0; n < good.Seeds.Count; n++)
        File.WriteAllBytes(Path.Combine(folder, $"seed-{n}"), good.Seeds[n]);
    return 0;
}

// Found at the first input: instrumented code may only run once the fuzzer has given it the memory that it counts branches in.
FuzzTarget? target = null;
Fuzzer.OutOfProcess.Run(stream =>
{
    target ??= Find();
    using var file = new MemoryStream();
    stream.CopyTo(file);
    Read(target, file.ToArray());
});
return 0;

FuzzTarget Find()
{
    FuzzTarget[] targets = [.. FuzzTarget.All(), .. ModelTargets.All()];
    return targets.SingleOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"there is no parser '{name}', but {string.Join(", ", targets.Select(target => target.Name))}");
}

static void Read(FuzzTarget target, byte[] file)
{
    try
    {
        target.Read(file, new Random(0));
    }
    catch (LstmTorchException error) when (error.Kind is not (ErrorKind.Environment or ErrorKind.Diverged or ErrorKind.CannotWrite))
    {
        // Refused, as a parser may.
    }
}
