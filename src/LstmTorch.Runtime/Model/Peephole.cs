namespace LstmTorch.Runtime.Model;

/// <summary>The form of the weights through which the gates see the cell state.</summary>
public enum PeepholeKind
{
    /// <summary>No gate sees the cell: the LSTM of PyTorch and Keras.</summary>
    None,

    /// <summary>One weight a unit, [H]: each gate sees its own cell (Gers 2002, Graves 2013, the ONNX operator).</summary>
    Diagonal,

    /// <summary>A matrix, [H, H]: each gate sees every cell of the layer.</summary>
    Full,
}

/// <summary>Which gates see the cell state. Written as letters in the order of the gates, such as "ifco" or "ifo".</summary>
[Flags]
public enum PeepholeConnections
{
    /// <summary>No gate: the same as <see cref="PeepholeKind.None"/>.</summary>
    None = 0,

    /// <summary>The input gate sees c_{t-1}.</summary>
    Input = 1,

    /// <summary>The forget gate sees c_{t-1}.</summary>
    Forget = 2,

    /// <summary>The candidate sees c_{t-1}.</summary>
    Candidate = 4,

    /// <summary>The output gate sees c_t, the new cell.</summary>
    Output = 8,

    /// <summary>All four: "ifco".</summary>
    All = Input | Forget | Candidate | Output,
}

/// <summary>The kind of the peepholes and the gates that have one.</summary>
/// <param name="Kind">The form of the weights.</param>
/// <param name="Connections">The gates that see the cell.</param>
public readonly record struct Peephole(PeepholeKind Kind, PeepholeConnections Connections)
{
    private const string Letters = "ifco";

    /// <summary>Full matrices on all four gates: the documented cell.</summary>
    public static Peephole Full => new(PeepholeKind.Full, PeepholeConnections.All);

    /// <summary>Vectors on the three gates, none on the candidate: the peephole LSTM of the literature.</summary>
    public static Peephole Diagonal =>
        new(PeepholeKind.Diagonal, PeepholeConnections.Input | PeepholeConnections.Forget | PeepholeConnections.Output);

    /// <summary>No peepholes.</summary>
    public static Peephole None => new(PeepholeKind.None, PeepholeConnections.None);

    /// <summary>A kind as it is published: diagonal peepholes on the three gates, full ones on all four.</summary>
    public static Peephole Published(PeepholeKind kind) => kind switch
    {
        PeepholeKind.Full => Full,
        PeepholeKind.Diagonal => Diagonal,
        _ => None,
    };

    /// <summary>True if <paramref name="gate"/> sees the cell.</summary>
    public bool Sees(PeepholeConnections gate) => Kind != PeepholeKind.None && (Connections & gate) != 0;

    /// <summary>The connections as letters, in the order i f c o.</summary>
    public static string Format(PeepholeConnections connections) =>
        string.Concat(Letters.Where((_, gate) => ((int)connections & (1 << gate)) != 0));

    /// <summary>Reads letters such as "ifco" or "fo"; an empty text means none.</summary>
    /// <exception cref="LstmTorchException">A letter other than i, f, c, o, or one twice.</exception>
    public static PeepholeConnections ParseConnections(string letters)
    {
        ArgumentNullException.ThrowIfNull(letters);
        var connections = PeepholeConnections.None;
        foreach (char letter in letters)
        {
            int gate = Letters.IndexOf(letter, StringComparison.Ordinal);
            var connection = (PeepholeConnections)(1 << gate);
            if (gate < 0 || (connections & connection) != 0)
            {
                throw new LstmTorchException(
                    ErrorKind.Usage,
                    $"connections '{letters}': use each of the letters i, f, c, o at most once, for example ifco or ifo");
            }

            connections |= connection;
        }

        return connections;
    }
}
