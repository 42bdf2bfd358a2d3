using LstmTorch.Forecasting;
using LstmTorch.Recurrent.Kernels;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using static LstmTorch.OptionRange;

namespace LstmTorch.Experiments.Music;

/// <summary>The network of the experiment and its training.</summary>
public sealed record MusicOptions
{
    /// <summary>The peepholes of every layer.</summary>
    /// <value>Diagonal, on the three gates.</value>
    public Peephole Peephole { get; init; } = Peephole.Diagonal;

    /// <summary>The width of each layer, from the input upwards.</summary>
    /// <value>36.</value>
    public IReadOnlyList<int> HiddenSize { get; init; } = [36];

    /// <summary>The share of keys that the first layer does not see in training.</summary>
    /// <value>0; from 0 to below 1.</value>
    public double InputDropout { get; init; }

    /// <summary>The share of each layer's units that is dropped behind it in training.</summary>
    /// <value>0; from 0 to below 1.</value>
    public double Dropout { get; init; }

    /// <summary>Whether both are drawn at every frame, or once a piece.</summary>
    /// <value>Once a piece.</value>
    public DropoutKind DropoutKind { get; init; } = DropoutKind.Variational;

    /// <summary>The share of the recurrent weights that is dropped in each step of training.</summary>
    /// <value>0; from 0 to below 1.</value>
    public double RecurrentDropout { get; init; }

    /// <summary>
    /// The standard deviation of what is added to every weight while the gradient of a step is computed (Graves, "Practical
    /// Variational Inference for Neural Networks", 2011).
    /// </summary>
    /// <value>0; at least 0.</value>
    public double WeightNoise { get; init; }

    /// <summary>The training. A batch is of pieces, and its loss is the score; one that is not finite ends it.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    /// <value>auto.</value>
    public string Device { get; init; } = "auto";

    /// <summary>How the recurrence is computed: a name of <see cref="LstmKernels.Names"/>.</summary>
    /// <value>auto.</value>
    public string Kernel { get; init; } = LstmKernels.Auto;

    /// <summary>Looks at every option before the work starts.</summary>
    /// <exception cref="LstmTorchException">One is out of its range; the message names it and the range.</exception>
    public void Validate()
    {
        Require(HiddenSize.Count >= 1, "--hidden-size", "empty", "one number a layer, such as 100,100");
        foreach (int size in HiddenSize)
            Require(size is >= 1 and <= ForecasterConfig.MaximumHiddenSize, "--hidden-size", size, $"from 1 to {ForecasterConfig.MaximumHiddenSize}");
        Require(InputDropout is >= 0 and < 1, "--input-dropout", InputDropout, "from 0 to below 1");
        Require(Dropout is >= 0 and < 1, "--dropout", Dropout, "from 0 to below 1");
        Require(RecurrentDropout is >= 0 and < 1, "--recurrent-dropout", RecurrentDropout, "from 0 to below 1");
        Require(WeightNoise >= 0 && double.IsFinite(WeightNoise), "--weight-noise", WeightNoise, "at least 0");
        Require(Training.Epochs >= 1, "--epochs", Training.Epochs, "at least 1");
        Require(Training.BatchSize >= 1, "--batch-size", Training.BatchSize, "at least 1");
        Require(Training.LearningRate is > 0 and <= 1000, "--learning-rate", Training.LearningRate, "above 0 and at most 1000");
        Require(Training.AverageWeights is null or (> 0 and < 1), "--average-weights", Training.AverageWeights, "above 0 and below 1, such as 0.99");
        Require(Training.ClipNorm is null || (Training.ClipNorm > 0 && double.IsFinite(Training.ClipNorm.Value)), "--clip-norm", Training.ClipNorm, "above 0");
        Require(Training.Patience is null or >= 1, "--patience", Training.Patience, "at least 1");
        LstmKernels.Wanted(Kernel);
    }
}
