using System.CommandLine;
using LstmTorch.Cli;

var root = new RootCommand("LstmTorch: peephole LSTM forecasting, from a CSV file to a forecast and a report.")
{
    TrainCommand.Create(),
    PredictCommand.Create(),
    EvaluateCommand.Create(),
    ExplainCommand.Create(),
    ExportCommand.Create(),
    ImportCommand.Create(),
    InfoCommand.Create(),
    VerifyCommand.Create(),
    BenchCommand.Create(),
    BacktestCommand.Create(),
    LearningRateCommand.Create(),
    SweepCommand.Create(),
    ExperimentCommand.Create(),
};
Verb.ShowExamples(root);
return Guard.Invoke(root.Parse(args switch
{
    [] => ["--help"],
    ["help", .. var verb] => [.. verb, "--help"],
    _ => TrainOptions.JoinLists(args),
}));
