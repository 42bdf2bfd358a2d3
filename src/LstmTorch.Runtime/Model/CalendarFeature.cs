namespace LstmTorch.Runtime.Model;

/// <summary>What of a moment goes round: a model sees it as a point on a circle, so that the last hour lies beside the first.</summary>
public enum CalendarFeature
{
    /// <summary>The time of day, of 24 hours; minutes and seconds are fractions.</summary>
    Hour,

    /// <summary>The day of the week, of 7, from Monday.</summary>
    Weekday,

    /// <summary>The month of the year, of 12, from January.</summary>
    Month,

    /// <summary>The day of the year, of 365 or 366, from 1 January.</summary>
    DayOfYear,
}
