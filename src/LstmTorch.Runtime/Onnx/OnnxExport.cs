using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime.Onnx;

/// <summary>Writes a model as an ONNX file: raw values in, forecasts in original units out, nothing outside of the file.</summary>
/// <remarks>
/// <para>Operator set 17 and IR version 8, which every ONNX Runtime since 1.12 reads. Input <c>windows</c>, float32 [batch, context length,
/// inputs], oldest row first, and <c>known</c>, float32 [batch, horizon, future covariates], where the model sees covariates that are known in
/// advance; output <c>forecasts</c>, float32 [batch, horizon, targets], and, where the model has them, <c>quantiles</c>,
/// float32 [batch, horizon, targets, quantiles], ascending. Scales and window normalization are part of the graph; prediction intervals are not.</para>
/// <para>Layers without peepholes or with vectors on i, f and o are the standard LSTM operator. Matrices, and a peephole on the
/// candidate, are a Scan over time, because the operator has none of them; there ONNX Runtime is several times slower.</para>
/// </remarks>
public static class OnnxExport
{
    /// <summary>Under this key of the file's metadata lies the model's description, as <see cref="ForecasterConfigJson"/> writes it.</summary>
    public const string ConfigKey = "lstmtorch.config";

    /// <summary>The graph's input.</summary>
    public const string InputName = "windows";

    /// <summary>The graph's second input, of models that see covariates that are known in advance.</summary>
    public const string KnownName = "known";

    /// <summary>The graph's output.</summary>
    public const string OutputName = "forecasts";

    /// <summary>The graph's second output, of a model with quantiles.</summary>
    public const string QuantilesName = "quantiles";

    private const string ProducerName = "LstmTorch";
    private const int IrVersion = 8, OperatorSetVersion = 17;

    /// <summary>The file's bytes, the same for the same model.</summary>
    /// <exception cref="LstmTorchException">The model feeds its forecasts back, or the file would be longer than 2 GB, where the format ends.</exception>
    public static byte[] ToBytes(ModelFile model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Config.Strategy == ForecastStrategy.Recursive)
            throw new LstmTorchException(ErrorKind.Usage, "a model that feeds its forecasts back (--strategy recursive) has no ONNX form; use --format pytorch, or forecast with LstmTorch.Runtime");
        model.CheckOneScale();
        var message = new ProtobufWriter();
        message.Integer(OnnxFields.Model.IrVersion, IrVersion);
        message.Text(OnnxFields.Model.ProducerName, ProducerName);
        message.Text(OnnxFields.Model.ProducerVersion, typeof(OnnxExport).Assembly.GetName().Version?.ToString(3) ?? string.Empty);
        message.Message(OnnxFields.Model.Graph, OnnxNetwork.Graph(model).Message());
        message.Message(OnnxFields.Model.OpsetImport, set =>
        {
            set.Text(OnnxFields.OperatorSet.Domain, string.Empty);
            set.Integer(OnnxFields.OperatorSet.Version, OperatorSetVersion);
        });
        message.Message(OnnxFields.Model.MetadataProps, entry =>
        {
            entry.Text(OnnxFields.Entry.Key, ConfigKey);
            entry.Text(OnnxFields.Entry.Value, ForecasterConfigJson.Serialize(model.Config));
        });
        return message.ToArray();
    }

    /// <summary>Writes the file: atomic, on disk when this returns.</summary>
    /// <exception cref="LstmTorchException">The file cannot be written, or would be longer than 2 GB.</exception>
    public static void Write(string path, ModelFile model)
    {
        byte[] bytes = ToBytes(model);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
