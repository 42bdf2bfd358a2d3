using System.Globalization;
using LstmTorch.Runtime.Import;
using LstmTorch.Runtime.Model;
using LstmTorch.Runtime.PyTorch;
using Xunit;

namespace LstmTorch.Runtime.Tests.PyTorch;

public class PyTorchExportTests
{
    private const int Count = 3;

    // Forecasts of a few hundred at most, by the same equations in float32; sums differ in their order.
    private const double Tolerance = 1e-5;

    private static readonly string[] s_letters = ["i", "f", "c", "o"];

    [Fact]
    public void Write_FullPeepholes_WritesTheDocumentedFiles()
    {
        using var folder = new TemporaryFolder();
        ModelFile model = Models.Random(Models.Config(Peephole.Full, hiddenSizes: [3]));
        PyTorchExport.Write(folder.File("new/folder"), model);

        Assert.Equal(
            ["config.json", "forecaster.py", "head.safetensors", "lstm.safetensors"],
            Directory.GetFiles(folder.File("new/folder")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        SafetensorsFile lstm = Safetensors.Read(folder.File("new/folder/lstm.safetensors"));
        string[] names = ["bias_hh_l0", "bias_ih_l0", .. s_letters.Select(letter => $"weight_c{letter}_l0"), "weight_hh_l0", "weight_ih_l0"];
        Assert.Equal(names.Order(StringComparer.Ordinal), lstm.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        Assert.Equal(new float[12], Of("bias_hh_l0").Floats.ToArray());
        Assert.Equal(model.Tensors.Single(tensor => tensor.Name == "bias_l0").Floats.ToArray(), Of("bias_ih_l0").Floats.ToArray());
        Assert.Equal(ForecasterConfigJson.Serialize(model.Config), lstm.Metadata["config"]);
        Assert.Equal(ForecasterConfigJson.Serialize(model.Config) + "\n", File.ReadAllText(folder.File("new/folder/config.json")));

        SafetensorsTensor Of(string name) => lstm.Tensors.Single(tensor => tensor.Name == name);
    }

    [Fact]
    public void Write_IntoAFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), string.Empty);

        Refusal.Of(ErrorKind.CannotWrite, folder.File("taken"), () => PyTorchExport.Write(folder.File("taken"), Models.Random(Models.Config(Peephole.None))));
    }

    [Fact]
    public void Write_IntoARun_IsRefusedAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), "of a run");

        Refusal.Of(ErrorKind.CannotWrite, folder.Path, () => PyTorchExport.Write(folder.Path, Models.Random(Models.Config(Peephole.None))));
        Assert.Equal("of a run", File.ReadAllText(folder.File("config.json")));
        Assert.Equal(["config.json"], folder.Entries);
    }

    [Fact]
    public void Module_EveryVariant_ForecastsAsTheModel()
    {
        using var folder = new TemporaryFolder();
        ForecasterConfig rich = Models.Config(Peephole.Full, inputs: 4, contextLength: 12, horizon: 3) with
        {
            Targets = ["input 2", "input 0"],
            PatchLength = 3,
            Highway = true,
        };
        ForecasterConfig recursive = rich with
        {
            Targets = ["input 2", "input 0", "input 1", "input 3"],
            TargetScalers = [rich.InputScalers[2], rich.InputScalers[0], rich.InputScalers[1], rich.InputScalers[3]],
            Strategy = ForecastStrategy.Recursive,
        };
        ForecasterConfig[] configs =
        [
            .. Models.Peepholes.Select(peephole => Models.Config(peephole, contextLength: 5)),
            .. Enum.GetValues<WindowNormalization>().Select(normalize => rich with { Normalize = normalize }),
            .. Enum.GetValues<WindowNormalization>().Select(normalize => rich with { Normalize = normalize, NormalizeExcept = ["input 1"] }),
            rich with { Members = 3 },
            recursive,
            recursive with { Members = 2, Normalize = WindowNormalization.Last },
            recursive with { Normalize = WindowNormalization.Difference },
            Models.Transformed(Peephole.Diagonal),
            Models.Covariates(Peephole.Full),
            Models.Covariates(Peephole.Diagonal) with { Members = 2 },
            Models.Config(Peephole.Diagonal, inputs: 1, contextLength: 1, hiddenSizes: [2]) with { InputScalers = [new ColumnScaler(1_700_000_123, 86_400)] },
        ];
        double[][] expected = [.. configs.Select((config, n) => Prepare(folder, $"model{n}", config))];

        string output = Python.Run(
            "torch",
            folder.Path,
            """
            import json, sys, torch
            from model0.forecaster import Forecaster
            torch.set_grad_enabled(False)
            for n in range(int(sys.argv[1])):
                windows = json.load(open(f"model{n}.json"))
                known = json.load(open(f"model{n}.known.json"))
                inputs = [torch.tensor(windows), torch.tensor(known)] if known[0][0] else [torch.tensor(windows)]
                print(*Forecaster(f"model{n}")(*inputs).flatten().tolist())
            """,
            $"{configs.Length}");

        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(configs.Length, lines.Length);
        for (int n = 0; n < lines.Length; n++)
            AssertClose(expected[n], lines[n], $"{configs[n].Peephole}, {configs[n].Connections}, {configs[n].Normalize}");
    }

    [Fact]
    public void Module_OfEveryDistribution_HasTheQuantilesOfTheModel()
    {
        using var folder = new TemporaryFolder();
        ForecasterConfig rich = Models.Config(Peephole.Full, horizon: 3) with { Targets = ["input 2", "input 0"], Highway = true, Normalize = WindowNormalization.Revin };
        ModelFile[] models =
        [
            .. from distribution in (OutputDistribution[])[OutputDistribution.Quantiles, OutputDistribution.Gaussian, OutputDistribution.StudentT]
               from config in (ForecasterConfig[])[rich, Models.MildlyTransformed(Peephole.None)]
               select ModelFile.Ensemble([Models.WithQuantiles(config, distribution), Models.WithQuantiles(config, distribution, seed: 2)]),
        ];
        double[][] expected = [.. models.Select((model, n) => Prepare(folder, $"model{n}", model))];
        double[][] quantiles = [.. models.Select(model => Quantiles(model))];

        string output = Python.Run(
            "torch",
            folder.Path,
            """
            import json, sys, torch
            from model0.forecaster import Forecaster
            torch.set_grad_enabled(False)
            for n in range(int(sys.argv[1])):
                windows, model = torch.tensor(json.load(open(f"model{n}.json"))), Forecaster(f"model{n}")
                print(*model(windows).flatten().tolist())
                print(*model.quantiles(windows).flatten().tolist())
            """,
            $"{models.Length}");

        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(2 * models.Length, lines.Length);
        for (int n = 0; n < models.Length; n++)
        {
            AssertClose(expected[n], lines[2 * n], $"{models[n].Config.Distribution}");
            AssertClose(quantiles[n], lines[(2 * n) + 1], $"{models[n].Config.Distribution}");
        }
    }

    [Fact]
    public void Write_OfEveryDistribution_ReadsBackAsTheSameModel()
    {
        foreach (OutputDistribution distribution in (OutputDistribution[])[OutputDistribution.Quantiles, OutputDistribution.Gaussian, OutputDistribution.StudentT])
        {
            using var folder = new TemporaryFolder();
            ModelFile model = Models.WithQuantiles(Models.Config(Peephole.Full), distribution);
            PyTorchExport.Write(folder.File("export"), model);
            Assert.Equal(Quantiles(model), Quantiles(StateDictImport.Read(folder.File("export"), new ImportOptions())));
        }
    }

    private static double[] Quantiles(ModelFile model)
    {
        var forecaster = new Forecaster(model);
        double[] windows = [.. Models.Windows(model.Config, Count).Select(value => (double)(float)value)], quantiles = new double[Count * forecaster.QuantilesSize];
        forecaster.ForecastQuantiles(windows, quantiles);
        return quantiles;
    }

    [Fact]
    public void LstmFile_WithoutPeepholes_LoadsIntoNnLstm()
    {
        using var folder = new TemporaryFolder();
        double[] expected = Prepare(folder, "plain", Models.Config(Peephole.None, contextLength: 60, hiddenSizes: [5, 5, 5]));

        string output = Python.Run(
            "torch",
            folder.Path,
            """
            import json, torch
            from plain.forecaster import Forecaster, read_safetensors
            lstm = torch.nn.LSTM(3, 5, num_layers=3, batch_first=True)
            lstm.load_state_dict(read_safetensors("plain/lstm.safetensors"), strict=True)
            model = Forecaster("plain")
            with torch.no_grad():
                windows = torch.tensor(json.load(open("plain.json")))
                ours = model(windows)
                model.lstm = torch.nn.Module()
                model.lstm.forward = lambda x: lstm(x)[0]
                print(*ours.flatten().tolist())
                print(*model(windows).flatten().tolist())
            """);

        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        AssertClose(expected, lines[0], "the module");
        AssertClose(expected, lines[1], "nn.LSTM");
    }

    /// <summary>Exports a random model, writes windows beside it and returns their forecasts.</summary>
    private static double[] Prepare(TemporaryFolder folder, string name, ForecasterConfig config) => Prepare(folder, name, Models.Random(config));

    private static double[] Prepare(TemporaryFolder folder, string name, ModelFile model)
    {
        ForecasterConfig config = model.Config;
        PyTorchExport.Write(folder.File(name), model);
        double[] windows = [.. Models.Windows(config, Count).Select(value => (double)(float)value)];
        double[] forecasts = new double[Count * config.Horizon * config.Targets.Count];
        double[] known = [.. Models.Known(config, Count).Select(value => (double)(float)value)];
        new Forecaster(model).Forecast(windows, known, forecasts);
        File.WriteAllText(folder.File($"{name}.json"), Json(windows, config.Inputs.Count, config.ContextLength));
        File.WriteAllText(folder.File($"{name}.known.json"), config.FutureCovariates.Count == 0 ? "[[[]]]" : Json(known, config.FutureCovariates.Count, config.Horizon));
        return forecasts;
    }

    private static string Json(double[] values, int columns, int rowsOfOne)
    {
        string[] rows = [.. values.Chunk(columns).Select(row => $"[{string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]")];
        return $"[{string.Join(",\n", rows.Chunk(rowsOfOne).Select(window => $"[{string.Join(',', window)}]"))}]";
    }

    private static void AssertClose(double[] expected, string line, string what)
    {
        double[] actual = [.. line.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (wanted, got) in expected.Zip(actual))
            Assert.True(Math.Abs(wanted - got) <= Tolerance * Math.Max(1, Math.Abs(wanted)), $"{what}: {got:R}, expected {wanted:R}");
    }
}
