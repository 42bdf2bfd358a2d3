using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LstmTorch.Recurrent;

/// <summary>The derivative of a step that libtorch knows nothing of.</summary>
internal interface IDerivative
{
    /// <summary>Computes the gradients of the step's inputs. With gradients enabled, their own graph is wanted: that of a second derivative.</summary>
    /// <param name="saved">What was saved with the step; disposed of afterwards.</param>
    /// <param name="gradients">Of each output; null for zeros. Disposed of afterwards.</param>
    /// <returns>Of each input; null for none.</returns>
    Tensor?[] Backward(Tensor?[] saved, Tensor?[] gradients);
}

/// <summary>A step of a computation as a node of autograd's graph.</summary>
/// <remarks>
/// TorchSharp has <c>autograd.Function</c> for this. It makes native entry points anew for every node and a tensor like each output, which takes
/// longer than a small layer's arithmetic; here a node, when it is let go, serves the next step. The native functions are the same.
/// </remarks>
internal sealed unsafe partial class GraphNode
{
    private static readonly Lock s_lock = new();

    /// <summary>Every node there is: libtorch holds addresses of theirs.</summary>
    private static readonly List<GraphNode> s_all = [];

    private static readonly Stack<GraphNode> s_free = [];
    private static ExceptionDispatchInfo? s_pending;

    /// <summary>
    /// What the last backward pass of this thread gave to autograd, which reads it only after that pass has returned. Kept until the next one, and not
    /// until the node is let go: that may happen within the disposal of one of these.
    /// </summary>
    [ThreadStatic]
    private static Tensor?[]? t_given;

    [ThreadStatic]
    private static nint[]? t_handles;

    /// <summary>What nodes that this thread lets go had saved; null when it lets none go.</summary>
    [ThreadStatic]
    private static Stack<nint>? t_unsaved;

    // A native callback has no argument that would tell its node: each node has entry points of its own.
    private readonly ApplyCallback _apply;
    private readonly ReleaseCallback _release;
    private readonly nint _applyAddress, _releaseAddress;
    private readonly List<nint> _saved = [];
    private readonly List<int> _edges = [];
    private NativeNode _native;
    private IDerivative? _derivative;

    private GraphNode()
    {
        (_apply, _release) = (Apply, Release);
        (_applyAddress, _releaseAddress) = (Marshal.GetFunctionPointerForDelegate(_apply), Marshal.GetFunctionPointerForDelegate(_release));
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate NativeTensors ApplyCallback(nint* gradients, int count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void ReleaseCallback();

    /// <summary>Throws what a backward pass could not: an exception that left it would end the process.</summary>
    public static void ThrowPending() => Interlocked.Exchange(ref s_pending, null)?.Throw();

    /// <summary>Whether a step with these inputs belongs to a graph.</summary>
    public static bool IsWanted(params Tensor?[] inputs) => is_grad_enabled() && Array.Exists(inputs, input => input is { requires_grad: true });

    /// <summary>Adds a step to the graph.</summary>
    /// <param name="derivative">Its derivative.</param>
    /// <param name="inputs">The tensors that it depends on; null for none. At least one requires a gradient.</param>
    /// <param name="outputs">What it has computed, without a graph of its own; disposed of.</param>
    /// <param name="saved">What the derivative needs: autograd sees to it that nobody changes that in the meantime.</param>
    /// <returns>The outputs, as parts of the graph.</returns>
    public static Tensor[] Record(IDerivative derivative, Tensor?[] inputs, Tensor[] outputs, Tensor?[] saved)
    {
        GraphNode node = Rent();
        node._derivative = derivative;
        node._native = NewNode(node._applyAddress, node._releaseAddress);
        NativeNode native = node._native;
        CheckForErrors();
        try
        {
            node.Follow(inputs);
            Tensor[] recorded = node.Precede(outputs);
            node.Save(saved);
            return recorded;
        }
        finally
        {
            // From here on the outputs alone keep the node; without one it is let go at once.
            LetGo(native);
            GC.KeepAlive((inputs, saved));
        }
    }

    private static GraphNode Rent()
    {
        lock (s_lock)
        {
            if (s_free.TryPop(out GraphNode? free))
                return free;
            var node = new GraphNode();
            s_all.Add(node);
            return node;
        }
    }

    private void Follow(Tensor?[] inputs)
    {
        nint* handles = stackalloc nint[inputs.Length];
        for (int n = 0; n < inputs.Length; n++)
        {
            if (inputs[n] is not { requires_grad: true } input)
                continue;
            handles[_edges.Count] = input.Handle;
            _edges.Add(n);
        }

        SetNextEdges(_native, new NativeTensors(handles, _edges.Count), 1);
        CheckForErrors();
    }

    private Tensor[] Precede(Tensor[] outputs)
    {
        nint* handles = stackalloc nint[outputs.Length];
        for (int n = 0; n < outputs.Length; n++)
            handles[n] = outputs[n].Handle;
        WrapOutputs(default, default, default, new NativeTensors(handles, outputs.Length), _native, &RoomForOutputs);
        CheckForErrors();
        var recorded = new Tensor[outputs.Length];
        for (int n = 0; n < outputs.Length; n++)
        {
            recorded[n] = Tensor.UnsafeCreateTensor(t_handles![n]);
            outputs[n].Dispose();
        }

        return recorded;
    }

    private void Save(Tensor?[] tensors)
    {
        foreach (Tensor? tensor in tensors)
        {
            nint saved = tensor is null ? 0 : SaveVariable(tensor.Handle, _native, 0);
            if (tensor is not null && saved == 0)
                CheckForErrors();
            _saved.Add(saved);
        }
    }

    /// <summary>The backward pass of this node, by a thread of autograd's.</summary>
    private NativeTensors Apply(nint* gradients, int count)
    {
        try
        {
            Tensor?[] result = Differentiate(gradients, count);
            Release(t_given);
            t_given = result;
            return Handles(_edges.Count, n => result[_edges[n]]?.Handle ?? 0);
        }
#pragma warning disable CA1031 // Thrown again by ThrowPending.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // The first is the cause: those that follow may come of the gradients that it left undefined.
            Interlocked.CompareExchange(ref s_pending, ExceptionDispatchInfo.Capture(error), null);
            return Handles(_edges.Count, _ => 0);
        }
    }

    private Tensor?[] Differentiate(nint* gradients, int count)
    {
        Tensor?[] saved = [], given = new Tensor?[count];
        try
        {
            for (int n = 0; n < count; n++)
                given[n] = gradients[n] == 0 ? null : Tensor.UnsafeCreateTensor(gradients[n]);
            saved = [.. _saved.Select(variable => variable == 0 ? null : Unpack(variable))];
            return _derivative!.Backward(saved, given);
        }
        finally
        {
            // Autograd's thread for a CUDA device has no dispose scope: what is not released here would wait for the garbage collector.
            Release(saved);
            Release(given);
        }
    }

    private Tensor Unpack(nint saved)
    {
        nint tensor = UnpackVariable(saved, _native);
        if (tensor == 0)
            CheckForErrors();
        return Tensor.UnsafeCreateTensor(tensor);
    }

    /// <summary>The last that autograd asks of a node.</summary>
    /// <remarks>
    /// What a node saved may be all that keeps the node before it, which is then released within this call, and so on down a graph of any depth.
    /// The outermost call alone disposes of what was saved, so that the stack does not grow with the graph.
    /// </remarks>
    private void Release()
    {
        bool isOutermost = t_unsaved is null;
        Stack<nint> unsaved = t_unsaved ??= [];
        foreach (nint saved in _saved.Where(saved => saved != 0))
            unsaved.Push(saved);
        DisposeWeak(_native);
        _saved.Clear();
        _edges.Clear();
        _derivative = null;
        lock (s_lock)
            s_free.Push(this);
        if (!isOutermost)
            return;
        while (unsaved.TryPop(out nint saved))
            DisposeVariable(saved);
        t_unsaved = null;
    }

    private static void Release(Tensor?[]? tensors)
    {
        foreach (Tensor? tensor in tensors ?? [])
            tensor?.Dispose();
    }

    private static NativeTensors Handles(int count, Func<int, nint> handle)
    {
        nint* handles = Room(count);
        for (int n = 0; n < count; n++)
            handles[n] = handle(n);
        return new NativeTensors(handles, count);
    }

    /// <summary>Room for handles, where native code finds them until this thread asks again.</summary>
    private static nint* Room(int count)
    {
        if (t_handles is null || t_handles.Length < count)
            t_handles = GC.AllocateArray<nint>(Math.Max(count, 16), pinned: true);
        return (nint*)Unsafe.AsPointer(ref t_handles[0]);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* RoomForOutputs(nuint count) => Room((int)count);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_ctor")]
    private static partial NativeNode NewNode(nint apply, nint release);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_setNextEdges")]
    private static partial void SetNextEdges(NativeNode node, NativeTensors inputs, byte executable);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_Function_wrapOutputs")]
    private static partial void WrapOutputs(
        NativeTensors inputs,
        NativeTensors notDifferentiable,
        NativeTensors changed,
        NativeTensors outputs,
        NativeNode node,
        delegate* unmanaged[Cdecl]<nuint, nint*> room);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_disposeSharedPtr")]
    private static partial void LetGo(NativeNode node);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_disposeWeakPtr")]
    private static partial void DisposeWeak(NativeNode node);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_SavedVariable_ctor")]
    private static partial nint SaveVariable(nint tensor, NativeNode node, byte isInPlaceOnView);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_SavedVariable_unpack")]
    private static partial nint UnpackVariable(nint variable, NativeNode node);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_SavedVariable_dispose")]
    private static partial void DisposeVariable(nint variable);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct NativeNode
    {
        public readonly nint Shared, Weak;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct NativeTensors(nint* handles, int count)
    {
        public readonly nint* Handles = handles;
        public readonly long Count = count;
    }
}
