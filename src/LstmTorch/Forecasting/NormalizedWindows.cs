using LstmTorch.Runtime.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LstmTorch.Forecasting;

/// <summary>Windows without their own level and spread, and the way back for their forecasts.</summary>
/// <param name="Input">What the network sees, [B, T, D].</param>
/// <param name="Level">What was taken from each target, [B, 1, targets]; null if nothing was.</param>
/// <param name="Spread">By what the rest of each target was divided, [B, 1, targets]; null for 1.</param>
/// <param name="AddsUp">Whether forecasts are differences, which add up from step to step.</param>
internal readonly record struct NormalizedWindows(Tensor Input, Tensor? Level, Tensor? Spread, bool AddsUp = false)
{
    // Keeps the division finite where a window is constant. Held, as HeldScalars are.
    private static readonly Scalar s_epsilon = 1e-5;

    /// <summary>Normalizes windows; the tensors belong to the caller's dispose scope.</summary>
    /// <param name="kind">What to take from them.</param>
    /// <param name="input">Scaled contexts, [B, T, D].</param>
    /// <param name="targets">The input column of each target, [targets]; null where nothing is taken.</param>
    /// <param name="kept">True for the columns that stay as they are, [D]; null for none.</param>
    public static NormalizedWindows Of(WindowNormalization kind, Tensor input, Tensor? targets, Tensor? kept = null)
    {
        if (kind == WindowNormalization.None)
            return new NormalizedWindows(input, null, null);
        if (kind == WindowNormalization.Difference)
            return Differences(input, targets!, kept);

        Tensor level = kind == WindowNormalization.Last ? input.narrow(1, -1, 1) : input.mean([1], keepdim: true);
        if (kept is not null)
            level = level.masked_fill(kept, HeldScalars.Zero);
        Tensor rest = input - level;
        Tensor? spread = kind == WindowNormalization.Revin ? (rest * rest).mean([1], keepdim: true).add_(s_epsilon, HeldScalars.One).sqrt_() : null;
        if (kept is not null)
            spread = spread?.masked_fill(kept, HeldScalars.One);
        return new NormalizedWindows(
            spread is null ? rest : rest / spread, level.index_select(2, targets!), spread?.index_select(2, targets!));
    }

    /// <summary>Gives a forecast, [B, horizon, targets] or, with quantiles, [B, horizon, targets, Q], what was taken from its window.</summary>
    public Tensor Restore(Tensor forecast)
    {
        bool hasQuantiles = forecast.dim() == 4;
        if (AddsUp)
            forecast = forecast.cumsum(1);
        if (Spread is not null)
            forecast *= hasQuantiles ? Spread.unsqueeze(-1) : Spread;
        return Level is null ? forecast : forecast.add(hasQuantiles ? Level.unsqueeze(-1) : Level, alpha: HeldScalars.One);
    }

    private static NormalizedWindows Differences(Tensor input, Tensor targets, Tensor? kept)
    {
        Tensor first = input.narrow(1, 0, 1), last = input.narrow(1, -1, 1);
        Tensor before = torch.cat([first, input.narrow(1, 0, input.shape[1] - 1)], 1);
        if (kept is not null)
            before = before.masked_fill(kept, HeldScalars.Zero);
        return new NormalizedWindows(input - before, last.index_select(2, targets), null, AddsUp: true);
    }
}
