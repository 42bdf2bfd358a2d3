using LstmTorch.Runtime;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent.Kernels.Cuda;

/// <summary>A device with everything that kernels on it need: driver, context, compiler and the modules that are loaded.</summary>
internal sealed class CudaDevice
{
    private readonly Nvrtc _nvrtc;
    private readonly CubinCache _cache;
    private readonly nint _context;
    private readonly Dictionary<string, nint> _modules = [];
    private readonly Lock _lock = new();

    /// <summary>Takes a device.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="nvrtc">The compiler.</param>
    /// <param name="cache">Where compiled kernels are kept.</param>
    /// <param name="ordinal">The device's number, from 0; libtorch counts as the driver does.</param>
    /// <param name="memory">Where tensors lie that kernels on this device reach.</param>
    /// <param name="cublas">The path or name of cuBLAS.</param>
    /// <param name="facts">What to take for the device's facts; null to ask the driver.</param>
    /// <exception cref="LstmTorchException">There is no such device, or it cannot be used.</exception>
    public CudaDevice(CudaDriver driver, Nvrtc nvrtc, CubinCache cache, int ordinal, Device memory, string cublas, CudaDeviceFacts? facts = null)
    {
        (Driver, _nvrtc, _cache, Memory) = (driver, nvrtc, cache, memory);
        int device = driver.Device(ordinal);
        int Attribute(DeviceAttribute attribute) => driver.DeviceAttribute(device, attribute);
        Facts = facts ?? new CudaDeviceFacts(
            Attribute(DeviceAttribute.ComputeCapabilityMajor),
            Attribute(DeviceAttribute.ComputeCapabilityMinor),
            Attribute(DeviceAttribute.Multiprocessors),
            Attribute(DeviceAttribute.SharedBytesPerBlock));
        _context = driver.RetainPrimaryContext(device);
        using (Use())
        {
            Lost = new LostExchange(driver);
            Products = new Cublas(cublas);
        }
    }

    /// <summary>The driver.</summary>
    public CudaDriver Driver { get; }

    /// <summary>What the choice of kernels depends on.</summary>
    public CudaDeviceFacts Facts { get; }

    /// <summary>Where the tensors of this device lie.</summary>
    public Device Memory { get; }

    /// <summary>Matrix products on this device.</summary>
    public Cublas Products { get; }

    /// <summary>Where kernels on this device report that they waited in vain.</summary>
    public LostExchange Lost { get; }

    /// <summary>Makes the device that of the calling thread until the result is disposed of: autograd has threads of its own.</summary>
    public CurrentContext Use() => new(Driver, _context);

    /// <summary>Compiles, loads and finds a kernel, or finds it again.</summary>
    /// <param name="files">The files of its text; see <see cref="CudaSources"/>.</param>
    /// <param name="defines">Options of the compiler such as -DUNITS=64.</param>
    /// <param name="name">The kernel's name.</param>
    /// <exception cref="LstmTorchException">The kernel cannot be compiled or loaded.</exception>
    public CudaFunction Function(IReadOnlyList<string> files, IReadOnlyList<string> defines, string name)
    {
        using (Use())
            return new CudaFunction(this, Driver.Function(Module(files, defines), name));
    }

    private nint Module(IReadOnlyList<string> files, IReadOnlyList<string> defines)
    {
        string key = string.Join(' ', [.. files, .. defines]);
        lock (_lock)
        {
            if (!_modules.TryGetValue(key, out nint module))
            {
                string source = CudaSources.Text(files);
                string[] options = [$"--gpu-architecture={Facts.Architecture}", "--std=c++17", .. defines];
                byte[] cubin = _cache.GetOrCompile(source, options, _nvrtc.Version, () => _nvrtc.Compile(source, options));
                _modules.Add(key, module = Driver.LoadModule(cubin));
            }

            return module;
        }
    }

    /// <summary>A context made current, and what was before.</summary>
    internal readonly ref struct CurrentContext
    {
        private readonly CudaDriver? _driver;
        private readonly nint _before;

        public CurrentContext(CudaDriver driver, nint context)
        {
            nint before = driver.CurrentContext;
            if (before == context)
                return;

            driver.CurrentContext = context;
            (_driver, _before) = (driver, before);
        }

        public void Dispose()
        {
            if (_driver is not null)
                _driver.CurrentContext = _before;
        }
    }
}
