using System.Diagnostics;
using System.Globalization;
using LstmTorch.Forecasting;
using Spectre.Console;

namespace LstmTorch.Cli;

/// <summary>Shows on standard error how training goes: a live line on a terminal, a line an epoch where it is redirected.</summary>
internal static class TrainingDisplay
{
    /// <summary>Leaves the words and the time left their room in 80 columns.</summary>
    private const int BarWidth = 10;

    /// <summary>Runs the training with a display that fits where standard error goes.</summary>
    public static RunResult Show(bool quiet, Func<RunEvents, RunResult> train)
    {
        if (quiet)
            return train(new RunEvents());

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        void Notice(string text) => Console.Error.WriteLine($"lstmtorch: {text}");
        if (Console.IsErrorRedirected || !console.Profile.Capabilities.Interactive)
            return train(new RunEvents(new Lines(), Notice));

        RunResult? result = null;
        var columns = new ProgressColumn[] { new TaskDescriptionColumn(), new ProgressBarColumn { Width = BarWidth }, new RemainingTimeColumn() };
        console.Progress().AutoClear(true).Columns(columns).Start(context =>
            result = train(new RunEvents(new Live(context), text => console.MarkupLineInterpolated($"lstmtorch: {text}"))));
        return result!;
    }

    private static string Describe(EpochResult epoch, int epochs, bool best, double windowsPerSecond) => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Of(epoch.Epoch, epochs)}  train {epoch.TrainLoss,-9:G4}  {Validation(epoch, best),-25}  {windowsPerSecond,6:F0} windows/s");

    private static string Validation(EpochResult epoch, bool best) => double.IsNaN(epoch.ValidationLoss)
        ? "no validation"
        : string.Create(CultureInfo.InvariantCulture, $"validation {epoch.ValidationLoss,-9:G4} {(best ? "best" : string.Empty)}");

    /// <summary>A number and how many there are, as wide for the first as for the last.</summary>
    private static string Of(int number, int count)
    {
        string last = count.ToString(CultureInfo.InvariantCulture);
        return $"{number.ToString(CultureInfo.InvariantCulture).PadLeft(last.Length)}/{last}";
    }

    /// <summary>One line an epoch, with the time left.</summary>
    private sealed class Lines : IProgress<TrainingProgress>
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private int _first;

        public void Report(TrainingProgress value)
        {
            if (value.Finished is not { } epoch)
                return;

            // The first epoch also warms the program up: it counts only until there is another to go by.
            double perEpoch = _first == 0 ? epoch.Seconds : _clock.Elapsed.TotalSeconds / (epoch.Epoch - _first);
            if (_first == 0)
            {
                _first = epoch.Epoch;
                _clock.Restart();
            }

            var left = TimeSpan.FromSeconds(perEpoch * (value.Epochs - epoch.Epoch));
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Describe(epoch, value.Epochs, value.IsBest, value.WindowsPerSecond)}  {left:h\\:mm\\:ss} left"));
        }
    }

    /// <summary>A bar over all epochs that names the epoch and batch under way.</summary>
    private sealed class Live(ProgressContext context) : IProgress<TrainingProgress>
    {
        private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(100);

        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _shown = -s_refresh;
        private ProgressTask? _task;

        public void Report(TrainingProgress value)
        {
            if (value.Finished is null && _clock.Elapsed - _shown < s_refresh)
                return;

            _shown = _clock.Elapsed;
            _task ??= context.AddTask("training", maxValue: value.Epochs);
            _task.Value = value.Epoch - 1 + ((double)value.Batch / value.Batches);
            _task.Description = Markup.Escape(value.Finished is { } epoch
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {Of(value.Epoch, value.Epochs)}  train {epoch.TrainLoss:G4}  {Validation(epoch, value.IsBest).TrimEnd()}")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {Of(value.Epoch, value.Epochs)}  batch {Of(value.Batch, value.Batches)}  train {value.TrainLoss:G4}  {value.WindowsPerSecond:F0} windows/s"));
        }
    }
}
