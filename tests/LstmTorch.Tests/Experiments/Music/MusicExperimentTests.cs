using LstmTorch.Experiments.Music;
using LstmTorch.Forecasting;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Experiments.Music;

public sealed class MusicExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_KindsAndSeeds_TrainsEachAndScoresBaselines()
    {
        string data = _folder.Write("pieces.json", """{"train": [[[60], [62], [60], [62]]], "valid": [[[60], [62]]], "test": [[[62], [60], [62]]]}""");
        MusicOptions options = new() { HiddenSize = [3], Device = "cpu", Training = new TrainingOptions { Epochs = 1, Seed = 4 } };
        List<string> told = [];
        MusicResult result = MusicExperiment.JsbChorales.Run(data, options, [PeepholeKind.Full, PeepholeKind.None], seeds: 2, told.Add);

        Assert.Equal([PeepholeKind.Full, PeepholeKind.None], result.Networks.Select(network => network.Peephole));
        Assert.Equal([4, 5], result.Networks[0].Fits.Select(fit => fit.Seed));
        Assert.Equal(4 * 3 * 3, result.Networks[0].Fits[0].Weights - result.Networks[1].Fits[0].Weights);
        Assert.Equal(result.Networks[0].Fits.Average(fit => fit.Test), result.Networks[0].Test.Mean, 1e-12);
        Assert.Equal(2, result.TestFrames);
        Assert.Equal(4, told.Count);
        Assert.StartsWith("full peepholes, seed 4: validation ", told[0], StringComparison.Ordinal);

        // 60 sounds in 1 and 62 in 2 of 3 predicted frames, 86 keys in none: 2/5, 3/5 and 1/5; the test part is 60, 62.
        Assert.Equal(-(Math.Log(2 / 5.0) + Math.Log(2 / 5.0) + Math.Log(3 / 5.0) + Math.Log(3 / 5.0) + (2 * 86 * Math.Log(4 / 5.0))) / 2, result.Baselines[1].Test, 1e-12);
    }

    [Theory]
    [InlineData(MusicRecipe.Small)]
    [InlineData(MusicRecipe.Large)]
    public void Options_OfARecipe_AreInTheirRanges(MusicRecipe recipe) => MusicExperiment.Options(recipe).Validate();

    public static TheoryData<MusicOptions, string> Bad { get; } = new()
    {
        { new MusicOptions { HiddenSize = [] }, "--hidden-size" },
        { new MusicOptions { HiddenSize = [0] }, "--hidden-size is 0" },
        { new MusicOptions { Dropout = 1 }, "--dropout is 1; it must be from 0 to below 1" },
        { new MusicOptions { InputDropout = -0.1 }, "--input-dropout" },
        { new MusicOptions { RecurrentDropout = double.NaN }, "--recurrent-dropout" },
        { new MusicOptions { WeightNoise = -1 }, "--weight-noise" },
        { new MusicOptions { Kernel = "fast" }, "there is no kernel 'fast'" },
        { new MusicOptions { Training = new TrainingOptions { Epochs = 0 } }, "--epochs" },
        { new MusicOptions { Training = new TrainingOptions { BatchSize = 0 } }, "--batch-size" },
        { new MusicOptions { Training = new TrainingOptions { LearningRate = 0 } }, "--learning-rate" },
        { new MusicOptions { Training = new TrainingOptions { AverageWeights = 1 } }, "--average-weights" },
        { new MusicOptions { Training = new TrainingOptions { ClipNorm = 0 } }, "--clip-norm" },
        { new MusicOptions { Training = new TrainingOptions { Patience = 0 } }, "--patience" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Run_OptionOutOfRange_SaysSoBeforeTheFileIsRead(MusicOptions options, string message)
    {
        var error = Assert.Throws<LstmTorchException>(() => MusicExperiment.JsbChorales.Run("none.json", options, [PeepholeKind.None], seeds: 1));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
