using LstmTorch.Runtime.Model;

namespace LstmTorch.Runtime;

/// <summary>
/// Fills the calendar columns of a model's rows from their timestamps: for each of <see cref="ForecasterConfig.Calendar"/> the sine
/// and the cosine of 2π · position / period, as the training computed them.
/// </summary>
/// <remarks>
/// <code>
/// var calendar = new CalendarFeatures(forecaster.Config);
/// for (int row = 0; row &lt; forecaster.Config.ContextLength; row++)
///     calendar.Fill(timestamps[row], window.AsSpan(row * forecaster.Config.Inputs.Count, forecaster.Config.Inputs.Count));
/// </code>
/// A timestamp is the clock of the place, as the data of the training had it: its date and time count, its
/// <see cref="DateTime.Kind"/> does not.
/// </remarks>
public sealed class CalendarFeatures
{
    private readonly (CalendarFeature Feature, int Sine, int Cosine)[] _columns;
    private readonly int _inputs;

    /// <summary>Finds the calendar columns among the inputs of a model.</summary>
    /// <param name="config">The model's description.</param>
    public CalendarFeatures(ForecasterConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        List<string> inputs = [.. config.Inputs];
        _inputs = inputs.Count;
        _columns = [.. config.Calendar.Select(feature => (feature, inputs.IndexOf(SineColumn(feature)), inputs.IndexOf(CosineColumn(feature))))];
    }

    /// <summary>The word of a feature: hour, weekday, month or day-of-year.</summary>
    public static string Name(CalendarFeature feature) => feature switch
    {
        CalendarFeature.Hour => "hour",
        CalendarFeature.Weekday => "weekday",
        CalendarFeature.Month => "month",
        _ => "day-of-year",
    };

    /// <summary>The names of the input columns of a feature: hour_sin and hour_cos.</summary>
    public static IReadOnlyList<string> Columns(CalendarFeature feature) => [SineColumn(feature), CosineColumn(feature)];

    /// <summary>The sine and the cosine of a feature at a moment.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="clock">Date and time of the place.</param>
    public static (double Sine, double Cosine) Of(CalendarFeature feature, DateTime clock)
    {
        double turn = feature switch
        {
            CalendarFeature.Hour => (double)clock.TimeOfDay.Ticks / TimeSpan.TicksPerDay,
            CalendarFeature.Weekday => ((int)clock.DayOfWeek + 6) % 7 / 7.0,
            CalendarFeature.Month => (clock.Month - 1) / 12.0,
            _ => (clock.DayOfYear - 1) / (DateTime.IsLeapYear(clock.Year) ? 366.0 : 365.0),
        };
        return Math.SinCos(2 * Math.PI * turn);
    }

    /// <summary>Writes the calendar columns of one row; the others stay as they are.</summary>
    /// <param name="clock">When the row was measured: date and time of the place.</param>
    /// <param name="row">[inputs], in the order of <see cref="ForecasterConfig.Inputs"/>.</param>
    /// <exception cref="LstmTorchException">The row has another number of values.</exception>
    public void Fill(DateTime clock, Span<double> row)
    {
        Check(row.Length);
        foreach (var (feature, sine, cosine) in _columns)
            (row[sine], row[cosine]) = Of(feature, clock);
    }

    /// <inheritdoc cref="Fill(DateTime, Span{double})"/>
    public void Fill(DateTime clock, Span<float> row)
    {
        Check(row.Length);
        foreach (var (feature, sine, cosine) in _columns)
        {
            var (s, c) = Of(feature, clock);
            (row[sine], row[cosine]) = ((float)s, (float)c);
        }
    }

    private static string SineColumn(CalendarFeature feature) => Name(feature).Replace('-', '_') + "_sin";

    private static string CosineColumn(CalendarFeature feature) => Name(feature).Replace('-', '_') + "_cos";

    private void Check(int values)
    {
        if (values != _inputs)
            throw new LstmTorchException(ErrorKind.Usage, $"a row of this model has {_inputs} values, not {values}");
    }
}
