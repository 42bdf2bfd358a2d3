namespace LstmTorch.Benchmarking;

/// <summary>The same work, done by this library and by <c>nn.LSTM</c>.</summary>
internal interface IBenchmark : IDisposable
{
    /// <summary>The kernel that our side runs on.</summary>
    string Kernel { get; }

    /// <summary>True if the work itself reads a result, and so waits for the device.</summary>
    bool ReadsResults { get; }

    /// <summary>Does it once with this library. A device may be at it still when this returns.</summary>
    void Ours();

    /// <summary>Does it once with <c>nn.LSTM</c>.</summary>
    void Theirs();

    /// <summary>Waits until a device has done all that was asked of it.</summary>
    void Synchronize();
}
