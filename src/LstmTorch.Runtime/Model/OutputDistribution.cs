namespace LstmTorch.Runtime.Model;

/// <summary>What a network says about each step of each target.</summary>
public enum OutputDistribution
{
    /// <summary>One number.</summary>
    Point,

    /// <summary>
    /// The quantiles of <see cref="ForecasterConfig.Quantiles"/>, each an output of its own; they are sorted, so that none crosses
    /// another (Chernozhukov, Fernández-Val and Galichon, "Quantile and Probability Curves without Crossing", 2010).
    /// </summary>
    Quantiles,

    /// <summary>The mean and the standard deviation of a normal distribution.</summary>
    Gaussian,

    /// <summary>Location and scale of Student's t distribution, whose degrees of freedom ν each target has once, above 2.</summary>
    StudentT,
}
