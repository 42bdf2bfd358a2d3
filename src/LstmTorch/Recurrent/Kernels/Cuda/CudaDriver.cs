using System.Runtime.InteropServices;
using LstmTorch.Runtime;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>The functions of the CUDA driver that the kernels need, of a library that is chosen while the program runs.</summary>
/// <remarks>
/// A failure is an <see cref="LstmTorchException"/> that says what was being done and what the driver calls it. Names with an
/// ending such as _v2 are the present versions; the plain names of the same functions are those of a driver of 2008.
/// </remarks>
internal sealed unsafe class CudaDriver
{
    private const int OutOfMemory = 2, InvalidClusterSize = 912;

    private readonly delegate* unmanaged<int*, int, int> _deviceGet;
    private readonly delegate* unmanaged<int*, int, int, int> _deviceGetAttribute;
    private readonly delegate* unmanaged<nint*, int, int> _primaryContextRetain;
    private readonly delegate* unmanaged<nint*, int> _contextGetCurrent;
    private readonly delegate* unmanaged<nint, int> _contextSetCurrent;
    private readonly delegate* unmanaged<nint*, byte*, int> _moduleLoadData;
    private readonly delegate* unmanaged<nint*, nint, byte*, int> _moduleGetFunction;
    private readonly delegate* unmanaged<nint, int, int, int> _functionSetAttribute;
    private readonly delegate* unmanaged<int*, int, nint, int> _functionGetAttribute;
    private readonly delegate* unmanaged<int*, nint, int, nuint, int> _maxActiveBlocks;
    private readonly delegate* unmanaged<int*, nint, LaunchConfiguration*, int> _maxActiveClusters;
    private readonly delegate* unmanaged<LaunchConfiguration*, nint, void**, void**, int> _launch;
    private readonly delegate* unmanaged<nint, uint, nuint, nint, int> _fillWords;
    private readonly delegate* unmanaged<void**, nuint, uint, int> _hostAllocate;
    private readonly delegate* unmanaged<void*, int> _hostFree;
    private readonly delegate* unmanaged<nint, int> _streamSynchronize;
    private readonly delegate* unmanaged<nint*, uint, int> _eventCreate;
    private readonly delegate* unmanaged<nint, nint, int> _eventRecord;
    private readonly delegate* unmanaged<nint, int> _eventSynchronize;
    private readonly delegate* unmanaged<float*, nint, nint, int> _eventElapsed;
    private readonly delegate* unmanaged<nint, int> _eventDestroy;
    private readonly delegate* unmanaged<int, byte**, int> _errorText;

    private CudaDriver(NativeFunctions library)
    {
        _errorText = (delegate* unmanaged<int, byte**, int>)library.Address("cuGetErrorString");
        Check(((delegate* unmanaged<uint, int>)library.Address("cuInit"))(0), "starting the CUDA driver");
        int version;
        Check(((delegate* unmanaged<int*, int>)library.Address("cuDriverGetVersion"))(&version), "asking for the driver's version");
        Version = version;
        _deviceGet = (delegate* unmanaged<int*, int, int>)library.Address("cuDeviceGet");
        _deviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)library.Address("cuDeviceGetAttribute");
        _primaryContextRetain = (delegate* unmanaged<nint*, int, int>)library.Address("cuDevicePrimaryCtxRetain");
        _contextGetCurrent = (delegate* unmanaged<nint*, int>)library.Address("cuCtxGetCurrent");
        _contextSetCurrent = (delegate* unmanaged<nint, int>)library.Address("cuCtxSetCurrent");
        _moduleLoadData = (delegate* unmanaged<nint*, byte*, int>)library.Address("cuModuleLoadData");
        _moduleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)library.Address("cuModuleGetFunction");
        _functionSetAttribute = (delegate* unmanaged<nint, int, int, int>)library.Address("cuFuncSetAttribute");
        _functionGetAttribute = (delegate* unmanaged<int*, int, nint, int>)library.Address("cuFuncGetAttribute");
        _maxActiveBlocks = (delegate* unmanaged<int*, nint, int, nuint, int>)library.Address("cuOccupancyMaxActiveBlocksPerMultiprocessor");
        _maxActiveClusters = (delegate* unmanaged<int*, nint, LaunchConfiguration*, int>)library.Address("cuOccupancyMaxActiveClusters");
        _launch = (delegate* unmanaged<LaunchConfiguration*, nint, void**, void**, int>)library.Address("cuLaunchKernelEx");
        _fillWords = (delegate* unmanaged<nint, uint, nuint, nint, int>)library.Address("cuMemsetD32Async");
        _hostAllocate = (delegate* unmanaged<void**, nuint, uint, int>)library.Address("cuMemHostAlloc");
        _hostFree = (delegate* unmanaged<void*, int>)library.Address("cuMemFreeHost");
        _streamSynchronize = (delegate* unmanaged<nint, int>)library.Address("cuStreamSynchronize");
        _eventCreate = (delegate* unmanaged<nint*, uint, int>)library.Address("cuEventCreate");
        _eventRecord = (delegate* unmanaged<nint, nint, int>)library.Address("cuEventRecord");
        _eventSynchronize = (delegate* unmanaged<nint, int>)library.Address("cuEventSynchronize");
        _eventElapsed = (delegate* unmanaged<float*, nint, nint, int>)library.Address("cuEventElapsedTime");
        _eventDestroy = (delegate* unmanaged<nint, int>)library.Address("cuEventDestroy_v2");
    }

    /// <summary>The newest CUDA version that the driver serves, as 12080 for 12.8.</summary>
    public int Version { get; }

    /// <summary>The driver's library of this system.</summary>
    public static string LibraryName => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>Loads a driver and starts it.</summary>
    /// <param name="library">The library's path or name.</param>
    /// <exception cref="LstmTorchException">It cannot be loaded, is too old, or finds no device.</exception>
    public static CudaDriver Load(string library) => new(new NativeFunctions(library, "update the NVIDIA driver"));

    public int Device(int ordinal)
    {
        int device;
        Check(_deviceGet(&device, ordinal), $"looking for CUDA device {ordinal}");
        return device;
    }

    public int DeviceAttribute(int device, DeviceAttribute attribute)
    {
        int value;
        Check(_deviceGetAttribute(&value, (int)attribute, device), $"asking for the device's {attribute}");
        return value;
    }

    /// <summary>The context that libtorch uses as well, so that its pointers are valid in it.</summary>
    public nint RetainPrimaryContext(int device)
    {
        nint context;
        Check(_primaryContextRetain(&context, device), "taking the device's primary context");
        return context;
    }

    /// <summary>The context of the calling thread; 0 if it has none.</summary>
    public nint CurrentContext
    {
        get
        {
            nint context;
            Check(_contextGetCurrent(&context), "asking for the current context");
            return context;
        }

        set => Check(_contextSetCurrent(value), "making a context current");
    }

    /// <summary>Loads compiled code into the current context, for good.</summary>
    public nint LoadModule(ReadOnlySpan<byte> cubin)
    {
        nint module;
        fixed (byte* image = cubin)
            Check(_moduleLoadData(&module, image), "loading compiled kernels");
        return module;
    }

    public nint Function(nint module, string name)
    {
        nint function;
        using var text = new NativeText(name);
        Check(_moduleGetFunction(&function, module, text.Address), $"looking for the kernel {name}");
        return function;
    }

    public void SetAttribute(nint function, FunctionAttribute attribute, int value) =>
        Check(_functionSetAttribute(function, (int)attribute, value), $"setting a kernel's {attribute} to {value}");

    public int Attribute(nint function, FunctionAttribute attribute)
    {
        int value;
        Check(_functionGetAttribute(&value, (int)attribute, function), $"asking for a kernel's {attribute}");
        return value;
    }

    /// <summary>How many blocks of a kernel one multiprocessor runs at a time.</summary>
    public int BlocksPerMultiprocessor(nint function, int threads, int sharedBytes)
    {
        int blocks;
        Check(_maxActiveBlocks(&blocks, function, threads, (nuint)sharedBytes), "asking how many blocks fit a multiprocessor");
        return blocks;
    }

    /// <summary>How many clusters of a launch the device runs at a time; 0 if they are larger than any that it has.</summary>
    public int ActiveClusters(nint function, in LaunchConfiguration launch)
    {
        int clusters, result;
        fixed (LaunchConfiguration* configuration = &launch)
            result = _maxActiveClusters(&clusters, function, configuration);
        if (result == InvalidClusterSize)
            return 0;
        Check(result, "asking how many clusters fit the device");
        return clusters;
    }

    /// <summary>Starts a kernel whose one argument is a struct.</summary>
    public void Launch(nint function, in LaunchConfiguration launch, void* argument)
    {
        fixed (LaunchConfiguration* configuration = &launch)
            Check(_launch(configuration, function, &argument, null), "starting a kernel");
    }

    /// <summary>Sets 32-bit words on the default stream.</summary>
    public void Fill(nint address, uint value, long words) =>
        Check(_fillWords(address, value, (nuint)words, 0), "clearing device memory");

    /// <summary>Page-locked memory that every device reaches at the same address.</summary>
    public nint AllocateHost(int bytes)
    {
        const uint portable = 1, mapped = 2;
        void* memory;
        Check(_hostAllocate(&memory, (nuint)bytes, portable | mapped), "allocating page-locked memory");
        return (nint)memory;
    }

    public void FreeHost(nint memory) => Check(_hostFree((void*)memory), "freeing page-locked memory");

    /// <summary>Waits for everything on the default stream.</summary>
    public void Synchronize() => Check(_streamSynchronize(0), "waiting for the device");

    public nint CreateEvent()
    {
        nint created;
        Check(_eventCreate(&created, 0), "creating an event");
        return created;
    }

    /// <summary>Lets an event happen when the default stream comes to it.</summary>
    public void Record(nint @event) => Check(_eventRecord(@event, 0), "recording an event");

    public void Wait(nint @event) => Check(_eventSynchronize(@event), "waiting for an event");

    /// <summary>Milliseconds of the device between two events that have happened.</summary>
    public float Milliseconds(nint from, nint to)
    {
        float milliseconds;
        Check(_eventElapsed(&milliseconds, from, to), "reading the time between two events");
        return milliseconds;
    }

    public void DestroyEvent(nint @event) => Check(_eventDestroy(@event), "destroying an event");

    private void Check(int result, string doing)
    {
        if (result != 0)
            throw Failure(result, doing);
    }

    private LstmTorchException Failure(int result, string doing)
    {
        byte* text;
        string cause = _errorText(result, &text) == 0 ? Marshal.PtrToStringUTF8((nint)text)! : "unknown";
        string remedy = result == OutOfMemory ? "; use a smaller --batch-size" : string.Empty;
        return new LstmTorchException(ErrorKind.Environment, $"CUDA error {result} while {doing}: {cause}{remedy}");
    }
}
