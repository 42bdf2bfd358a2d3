namespace LstmTorch.Benchmarking;

/// <summary>The same work, done by this library and by <c>nn.LSTM</c>.</summary>
internal interface IBenchmark : IDisposable
{
    /// <summary>The kernel that our side runs on.</summary>
    string Kernel { get; }

    /// <summary>Does it once with this library.</summary>
    void Ours();

    /// <summary>Does it once with <c>nn.LSTM</c>.</summary>
    void Theirs();
}
