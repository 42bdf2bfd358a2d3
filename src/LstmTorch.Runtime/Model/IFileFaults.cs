namespace LstmTorch.Runtime.Model;

/// <summary>Where tests let a disk fail: <see cref="AtomicFile"/> passes every operation by it.</summary>
internal interface IFileFaults
{
    /// <summary>Stands between a writer and its file.</summary>
    Stream Through(Stream file);

    /// <summary>Told of a flush or rename before it is done; what it throws is the failure.</summary>
    void Before(string operation);
}
