using System.Runtime.CompilerServices;
using LstmTorch.Runtime;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>
/// One word that a kernel sets when its blocks waited for each other in vain: its results are worthless then, but it ended.
/// It lies in page-locked memory, so that the host looks at it without waiting for the device.
/// </summary>
internal sealed unsafe class LostExchange
{
    private static readonly List<LostExchange> s_all = [];

    private readonly uint* _word;

    /// <summary>Allocates the word, for good.</summary>
    public LostExchange(CudaDriver driver)
    {
        _word = (uint*)driver.AllocateHost(sizeof(uint));
        *_word = 0;
        lock (s_all)
            s_all.Add(this);
    }

    /// <summary>The word's address, on the host as on the device.</summary>
    public nint Address => (nint)_word;

    /// <summary>Throws if a kernel on any device has reported a loss since it was last asked.</summary>
    /// <remarks>A kernel that is still running may report later: ask after the results were read.</remarks>
    /// <exception cref="LstmTorchException">One has.</exception>
    public static void ThrowIfAny()
    {
        // The list only grows, and is empty where there is no device: a look without the lock costs nothing there.
        if (s_all.Count == 0)
            return;

        lock (s_all)
        {
            foreach (LostExchange exchange in s_all)
                exchange.ThrowIfLost();
        }
    }

    /// <summary>Throws if a kernel on this device has reported a loss since it was last asked.</summary>
    /// <exception cref="LstmTorchException">One has.</exception>
    public void ThrowIfLost()
    {
        if (Volatile.Read(ref Unsafe.AsRef<uint>(_word)) == 0)
            return;

        Volatile.Write(ref Unsafe.AsRef<uint>(_word), 0);
        throw new LstmTorchException(
            ErrorKind.Environment,
            "the GPU's blocks lost each other and the results are void: is another program using this GPU, or has it a fault? try again, or use --kernel reference");
    }
}
