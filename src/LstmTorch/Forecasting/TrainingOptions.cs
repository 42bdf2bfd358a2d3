namespace LstmTorch.Forecasting;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>How many times every training window is seen, also after a resume.</summary>
    /// <value>100; at least 1.</value>
    public int Epochs { get; init; } = 100;

    /// <summary>How many windows a step takes.</summary>
    /// <value>32; at least 1.</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>What is made small, of scaled errors.</summary>
    /// <value>The mean squared error.</value>
    public ForecastLoss Loss { get; init; } = ForecastLoss.Mse;

    /// <summary>The step size of Adam, where the schedule has it full.</summary>
    /// <value>0.001; above 0.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the step size changes while training goes on.</summary>
    /// <value>It is constant.</value>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Epochs over which the step size grows from nothing, before the schedule begins.</summary>
    /// <value>0; below <see cref="Epochs"/>.</value>
    public int WarmupEpochs { get; init; }

    /// <summary>λ: each step takes η λ of every weight from it (Loshchilov and Hutter, AdamW, 2019).</summary>
    /// <value>0; at least 0.</value>
    public double WeightDecay { get; init; }

    /// <summary>How far steps go along full peepholes.</summary>
    /// <value>As far as along every other weight.</value>
    public PeepholeSteps PeepholeSteps { get; init; } = PeepholeSteps.Whole;

    /// <summary>
    /// What the moving average of the weights keeps of itself in each step; that average is then validated and kept, not the
    /// weights of one step (Polyak and Juditsky, 1992; Kingma and Ba, 2015, section 7.2). Null for no average.
    /// </summary>
    /// <value>None; above 0 and below 1.</value>
    public double? AverageWeights { get; init; }

    /// <summary>Gradients whose 2-norm, all together, is above this are scaled down to it; null for no limit.</summary>
    /// <value>None; above 0.</value>
    public double? ClipNorm { get; init; }

    /// <summary>Training ends after this many epochs without a better validation loss; null for never.</summary>
    /// <value>None; at least 1.</value>
    public int? Patience { get; init; }

    /// <summary>What to do about a batch whose loss or gradient is not finite.</summary>
    /// <value>Stop.</value>
    public NonfiniteAction OnNonfinite { get; init; } = NonfiniteAction.Stop;

    /// <summary>What the initial weights, the order of the windows and the dropout are drawn from.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }
}
