using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>Follows a graph from its input through the layers to the head, and takes their weights on the way.</summary>
/// <param name="content">The file.</param>
/// <param name="isOurs">Whether LstmTorch wrote it: then it may compute scales around the layers.</param>
internal sealed class OnnxStack(OnnxContent content, bool isOurs)
{
    // What rearranges numbers, picks the last step, or makes states of zeros.
    private static readonly HashSet<string> s_arrangements =
        ["Transpose", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Identity", "Gather", "Slice", "Shape", "Concat", "Constant", "ConstantOfShape", "Expand", "Cast"];

    // What our own files compute before and after the layers.
    private static readonly HashSet<string> s_scales = ["Sub", "Div", "Mul", "Add", "Sqrt", "ReduceMean", "MatMul", "Where", "Log", "Exp", "Max", "TopK", "Abs", "Neg"];

    // From which layer, or from the head, a value comes; 0 from the graph's input.
    private readonly Dictionary<string, int> _stages = [];
    private readonly HashSet<string> _zeros = [.. content.Constants.Values.Where(constant => constant.IsZero).Select(constant => constant.Name)];
    private int _stage;

    /// <summary>The weights of the layers, in our names and orders.</summary>
    public List<SafetensorsTensor> Layers { get; } = [];

    /// <summary>The peepholes of all layers.</summary>
    public Peephole Peephole { get; private set; } = Peephole.None;

    /// <summary>The head, if there is one.</summary>
    public ImportedHead? Head { get; private set; }

    /// <summary>Takes the next node.</summary>
    /// <exception cref="FormatException">It is no part of a stack of layers with a head.</exception>
    public void Take(OnnxNode node)
    {
        if (node.Operation == "LSTM" && Head is null)
            TakeLayer(node);
        else if (node.Operation is "Gemm" or "MatMul" && Head is null && _stage > 0 && StageOf(node.Input(0)) == _stage)
            TakeHead(node);
        else if (node.Operation == "Add" && Head is not null && !isOurs)
            TakeBias(node);
        else if (node.Operation == "Scan")
            throw new FormatException("it has full peepholes, as a Scan, which is not read back; import from the PyTorch export, or keep the model's own file");
        else if (!s_arrangements.Contains(node.Operation) && !(isOurs && s_scales.Contains(node.Operation)))
            throw new FormatException($"its operator {node.Operation} is no part of a stack of LSTM layers with one linear map behind it");
        else
            Pass(node);
    }

    private void TakeLayer(OnnxNode node)
    {
        if (StageOf(node.Input(0)) != _stage)
            throw new FormatException($"layer {_stage} does not read the layer below");
        foreach (string state in (string[])[node.Input(5), node.Input(6)])
        {
            if (state.Length > 0 && !_zeros.Contains(state))
                throw new FormatException($"layer {_stage} starts from '{state}', which is not known to be zeros");
        }

        var (weights, peephole) = OnnxLstmReader.Read(content, node, _stage);
        if (_stage > 0 && peephole != Peephole)
            throw new FormatException($"layer {_stage} has other peepholes than the layers before");
        Peephole = peephole;
        Layers.AddRange(weights);
        _stage++;

        // Y and Y_h; the cell state is of no use above.
        foreach (string output in node.Outputs.Take(2))
            _stages[output] = _stage;
    }

    private void TakeHead(OnnxNode node)
    {
        bool isGemm = node.Operation == "Gemm", isTransposed = isGemm && node.Integer("transB", 0) != 0;
        if (isGemm && (node.Integer("transA", 0) != 0 || Factor("alpha") != 1 || Factor("beta") != 1))
            throw new FormatException("its Gemm is no linear layer: transA, alpha or beta is set");
        string name = node.Input(1);
        long outputs = content.Size(name, isTransposed ? 0 : 1), hidden = content.Size(name, isTransposed ? 1 : 0);
        if (outputs is < 1 or > int.MaxValue || hidden != HiddenSize)
            throw new FormatException($"its linear map '{name}' takes {hidden} values, the last layer has {HiddenSize}");
        float[] weight = isTransposed ? content.Floats(name, outputs, hidden) : Transposed(content.Floats(name, hidden, outputs), (int)outputs);
        Head = new ImportedHead(weight, isGemm && node.Input(2).Length > 0 ? content.Floats(node.Input(2), outputs) : new float[outputs]);
        _stages[node.Outputs[0]] = ++_stage;

        float Factor(string attribute) => node.Attributes.TryGetValue(attribute, out object? value) ? value as float? ?? float.NaN : 1;
    }

    private void TakeBias(OnnxNode node)
    {
        string bias = StageOf(node.Input(0)) == _stage ? node.Input(1) : node.Input(0);
        Head = Head! with { Bias = [.. Head.Bias.Zip(content.Floats(bias, Head.Bias.Length), (a, b) => a + b)] };
        Pass(node);
    }

    private void Pass(OnnxNode node)
    {
        int stage = node.Inputs.Count == 0 ? 0 : node.Inputs.Max(StageOf);
        bool isZero = node.Operation == "ConstantOfShape"
            ? node.Attributes.GetValueOrDefault("value") is null or OnnxConstant { IsZero: true }
            : node.Inputs.Count > 0 && _zeros.Contains(node.Input(0)) && node.Operation is not ("Shape" or "Constant" or "Concat");
        foreach (string output in node.Outputs)
        {
            _stages[output] = stage;
            if (isZero)
                _zeros.Add(output);
        }
    }

    private long HiddenSize => Layers.Last(tensor => tensor.Name.StartsWith("weight_hh", StringComparison.Ordinal)).Shape[1];

    private int StageOf(string value) => _stages.GetValueOrDefault(value);

    private static float[] Transposed(float[] values, int columns)
    {
        float[] result = new float[values.Length];
        int rows = values.Length / columns;
        for (int n = 0; n < values.Length; n++)
            result[(n % columns * rows) + (n / columns)] = values[n];
        return result;
    }
}
