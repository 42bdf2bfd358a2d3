using System.Text.Json.Serialization;

namespace LstmTorch.Sweeping;

/// <summary>How a trial stands.</summary>
public enum TrialState
{
    /// <summary>It has not ended any part of its training.</summary>
    Waiting,

    /// <summary>It has trained for some of its epochs, and goes on if it is among the best.</summary>
    Paused,

    /// <summary>It has trained to its end.</summary>
    Finished,

    /// <summary>It cannot be trained.</summary>
    Failed,
}

/// <summary>What a trial has come to so far.</summary>
/// <param name="Trial">Its number, from 0.</param>
/// <param name="State">How it stands.</param>
/// <param name="Epochs">How many epochs it has trained.</param>
/// <param name="Scores">The objective on the validation part after each pause and at the end, by the epoch; the best weights' up to there.</param>
/// <param name="Seconds">How long its training took.</param>
/// <param name="Error">Why it has failed; null if it has not.</param>
public sealed record TrialResult(
    int Trial, TrialState State, int Epochs, IReadOnlyDictionary<int, double> Scores, double Seconds, string? Error = null)
{
    /// <summary>The objective as it stands; null if there is none.</summary>
    [JsonIgnore]
    public double? Score => Scores.Count == 0 ? null : Scores[Scores.Keys.Max()];

    /// <summary>Whether it has a score at an epoch, or came to its end before.</summary>
    internal bool Reached(int epoch) => Scores.Count > 0 && (State == TrialState.Finished || Scores.Keys.Max() >= epoch);

    /// <summary>Its score at an epoch, or at its end before.</summary>
    internal double ScoreAt(int epoch) => Scores[Scores.Keys.Where(reached => reached <= epoch).DefaultIfEmpty(Scores.Keys.Min()).Max()];
}
