using LstmTorch.Recurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Explaining;

/// <summary>Sums of what one layer does, over batches of windows and over the networks of an ensemble.</summary>
/// <param name="layer">Its number, from 1.</param>
/// <param name="rowsPerStep">Rows of the data that one of the layer's steps has: the patch length.</param>
internal sealed class GateStatistics(int layer, int rowsPerStep)
{
    // Held, as HeldScalars are.
    private static readonly Scalar s_shut = 0.1, s_open = 0.9;

    private static readonly string[] s_names = ["i", "f", "g", "o"];

    private readonly double[] _means = new double[GateOrder.Count], _shut = new double[GateOrder.Count], _open = new double[GateOrder.Count];
    private readonly double[,] _terms = new double[GateOrder.Count, 4];
    private readonly List<double[]> _forget = [];
    private readonly List<GateCourse> _courses = [];
    private double _cell, _values, _sequences;

    /// <summary>Begins with the next network.</summary>
    public void BeginNetwork(long units)
    {
        _forget.Add(new double[units]);
        _sequences = 0;
    }

    /// <summary>Adds what the layer did with some windows.</summary>
    public void Add(GateTrace trace)
    {
        using var scope = NewDisposeScope();
        double count = trace.Cell.numel();
        for (int gate = 0; gate < GateOrder.Count; gate++)
        {
            Tensor sizes = trace.Gates[gate].abs();
            _means[gate] += Total(sizes);
            _shut[gate] += Total(sizes.lt(s_shut));
            _open[gate] += Total(sizes.gt(s_open));
            GateTerms terms = trace.Terms[gate];
            _terms[gate, 0] += Total(terms.Input.abs());
            _terms[gate, 1] += Total(terms.Recurrent.abs());
            _terms[gate, 2] += terms.Peephole is null ? 0 : Total(terms.Peephole.abs());
            _terms[gate, 3] += Total(terms.Bias.abs()) * (count / terms.Bias.numel());
        }

        double[] ofUnits = PointForecaster.Read(trace.Gates[GateOrder.Forget].to(ScalarType.Float64).sum([0, 1]));
        for (int unit = 0; unit < ofUnits.Length; unit++)
            _forget[^1][unit] += ofUnits[unit];
        _cell += Total(trace.Cell.abs());
        _values += count;
        _sequences += trace.Cell.shape[0] * trace.Cell.shape[1];
    }

    /// <summary>Ends a network: its units' means are known.</summary>
    public void EndNetwork() => _forget[^1] = [.. _forget[^1].Select(sum => sum / _sequences)];

    /// <summary>Keeps the course of one window's gates, the only one of a trace's batch.</summary>
    public void AddCourse(GateTrace trace)
    {
        static double[] OverUnits(Tensor values) => PointForecaster.Read(values.to(ScalarType.Float64).mean([1, 2]));
        using var scope = NewDisposeScope();
        _courses.Add(new GateCourse(
            OverUnits(trace.Gates[GateOrder.Input]), OverUnits(trace.Gates[GateOrder.Forget]), OverUnits(trace.Gates[GateOrder.Output]), OverUnits(trace.Cell.abs())));
    }

    /// <summary>What the layer did.</summary>
    public LayerActivity Result()
    {
        double[] units = [.. _forget.SelectMany(ofNetwork => ofNetwork).Order()];
        double median = (units[(units.Length - 1) / 2] + units[units.Length / 2]) / 2;
        double[] Mean(Func<GateCourse, IReadOnlyList<double>> of) => [.. of(_courses[0]).Select((_, step) => _courses.Average(course => of(course)[step]))];
        return new LayerActivity(
            layer, units.Length, [.. s_names.Select(Gate)], _cell / _values, Memory(_means[GateOrder.Forget] / _values), Memory(median), Memory(units[^1]))
        {
            Course = new GateCourse(Mean(course => course.Input), Mean(course => course.Forget), Mean(course => course.Output), Mean(course => course.Cell)),
        };
    }

    private GateActivity Gate(string name, int gate)
    {
        double all = Enumerable.Range(0, 4).Sum(term => _terms[gate, term]);
        double Share(int term) => all > 0 ? _terms[gate, term] / all : 0;
        return new GateActivity(name, _means[gate] / _values, _shut[gate] / _values, _open[gate] / _values, Share(0), Share(1), Share(2), Share(3));
    }

    private double? Memory(double forget) => forget < 1 ? rowsPerStep / (1 - forget) : null;

    private static double Total(Tensor values) => values.to(ScalarType.Float64).sum().item<double>();
}
