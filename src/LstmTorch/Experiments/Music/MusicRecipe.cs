namespace LstmTorch.Experiments.Music;

/// <summary>Which network the options of an experiment start from.</summary>
public enum MusicRecipe
{
    /// <summary>36 units, as those of Chung et al. (2014).</summary>
    Small,

    /// <summary>The network that was best on the validation part within minutes on a CPU, with dropout on all sides.</summary>
    Large,
}
