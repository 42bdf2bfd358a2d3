namespace LstmTorch.Forecasting;

/// <summary>How the step size changes while training goes on.</summary>
public enum LearningRateSchedule
{
    /// <summary>It does not.</summary>
    Constant,

    /// <summary>Half a cosine from the full rate to zero at the last step (Loshchilov and Hutter, "SGDR", 2017, without restarts).</summary>
    Cosine,

    /// <summary>Up from a 25th over the first 30 % of the steps, then down to zero, both along half a cosine (Smith and Topin, 2018).</summary>
    OneCycle,

    /// <summary>Half of what it was after each 5 epochs without a better validation loss.</summary>
    Plateau,
}

/// <summary>The step size at each step: a function of the options and of the history, so that a resumed run needs nothing else.</summary>
internal static class LearningRates
{
    private const int PlateauEpochs = 5;
    private const double PlateauFactor = 0.5, CycleStart = 1.0 / 25, CyclePeak = 0.3;

    /// <summary>η of a step.</summary>
    /// <param name="options">The full rate, the schedule, the warm-up and the epochs.</param>
    /// <param name="step">Steps taken before, all epochs together.</param>
    /// <param name="stepsPerEpoch">Steps of one epoch.</param>
    /// <param name="history">The epochs that have ended.</param>
    public static double At(TrainingOptions options, long step, int stepsPerEpoch, IReadOnlyList<EpochResult> history)
    {
        double total = (double)options.Epochs * stepsPerEpoch, warmUp = (double)options.WarmupEpochs * stepsPerEpoch;
        if (step < warmUp)
            return options.LearningRate * (step + 1) / warmUp;

        double done = Math.Min((step - warmUp) / Math.Max(1, total - warmUp), 1);
        return options.LearningRate * options.Schedule switch
        {
            LearningRateSchedule.Cosine => Descent(done),
            LearningRateSchedule.OneCycle => done < CyclePeak
                ? CycleStart + ((1 - CycleStart) * (1 - Descent(done / CyclePeak)))
                : Descent((done - CyclePeak) / (1 - CyclePeak)),
            LearningRateSchedule.Plateau => Math.Pow(PlateauFactor, Plateaus(history)),
            _ => 1,
        };
    }

    /// <summary>Half a cosine from 1 to 0.</summary>
    private static double Descent(double done) => 0.5 * (1 + Math.Cos(Math.PI * done));

    private static int Plateaus(IReadOnlyList<EpochResult> history)
    {
        double best = double.PositiveInfinity;
        int plateaus = 0, waited = 0;
        foreach (EpochResult epoch in history)
        {
            if (epoch.ValidationLoss < best)
            {
                best = epoch.ValidationLoss;
                waited = 0;
            }
            else if (++waited == PlateauEpochs)
            {
                plateaus++;
                waited = 0;
            }
        }

        return plateaus;
    }
}
