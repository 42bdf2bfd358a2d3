"""Adds nn.LSTM's time in a CUDA graph to a report of lstmtorch bench, and prints both ratios.

    python3 bench_cudnn.py EAGER.json REQUIRED.json OUT.json COMMAND

In a graph the device has all launches at once, so that the time is its own and not the host's. Needs PyTorch with CUDA.
"""
import json
import statistics
import subprocess
import sys

ROUNDS = 7
FEWEST_REPLAYS = 10
ROUND_MILLISECONDS = 200


def graph_milliseconds(batch, steps, input_size, hidden_size, layers, train):
    """The median milliseconds of nn.LSTM, forward or forward and backward, replayed from a CUDA graph."""
    import torch

    lstm = torch.nn.LSTM(input_size, hidden_size, layers, device="cuda")
    lstm.flatten_parameters()
    x = torch.randn(steps, batch, input_size, device="cuda", requires_grad=train)
    gradient = torch.randn(steps, batch, hidden_size, device="cuda")

    def run():
        if train:
            # Gradients that there are already would be added to, as those of our side are not.
            lstm.zero_grad(set_to_none=True)
            x.grad = None
            lstm(x)[0].backward(gradient)
        else:
            with torch.no_grad():
                lstm(x)

    # A graph wants its memory and cuDNN's choices made before, on a stream of its own.
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()

    def replay(times):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(times):
            graph.replay()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / times

    replays = max(FEWEST_REPLAYS, int(ROUND_MILLISECONDS / replay(FEWEST_REPLAYS)))
    return statistics.median(replay(replays) for _ in range(ROUNDS))


def shape(case):
    """What nn.LSTM's time depends on."""
    return case["batch"], case["steps"], case["input_size"], case["hidden_size"], case["layers"], case["pass"]


def key(case):
    """What tells a case from the others of a report."""
    return (*shape(case), case["peephole"])


def table(cases, required):
    """The report as lines of text: times in milliseconds, cuDNN's divided by ours."""
    lines = [f"{'B,T,I,H,layers':20} {'pass':8} {'peepholes':10} {'ours':>9} {'cuDNN':>9} {'eager':>7} {'required':>9} {'ours GPU':>9} {'cuDNN GPU':>10} {'GPU':>7}"]
    for case in cases:
        gpu, graph, ratio = case.get("gpu_milliseconds"), case.get("nn_lstm_graph_milliseconds"), case.get("gpu_ratio")
        wanted = required.get(key(case))
        lines.append(
            f"{','.join(str(size) for size in shape(case)[:5]):20} {case['pass']:8} {case['peephole']:10}"
            f" {case['milliseconds']:9.3f} {case['nn_lstm_milliseconds']:9.3f} {case['ratio']:7.2f}"
            f" {'-' if wanted is None else f'{wanted:.2f}' + ('!' if case['ratio'] < wanted else ' '):>9}"
            f" {'-' if gpu is None else f'{gpu:.3f}':>9} {'-' if graph is None else f'{graph:.3f}':>10} {'-' if ratio is None else f'{ratio:.2f}':>7}")
    return lines


def add_graph_times(report, time):
    """Fills in nn_lstm_graph_milliseconds and gpu_ratio; a whole training step has neither."""
    times = {}
    for case in report["cases"]:
        if case["pass"] == "step":
            continue
        if shape(case) not in times:
            times[shape(case)] = time(*shape(case)[:5], case["pass"] == "train")
        case["nn_lstm_graph_milliseconds"] = round(times[shape(case)], 4)
        if case.get("gpu_milliseconds"):
            case["gpu_ratio"] = round(times[shape(case)] / case["gpu_milliseconds"], 4)


def main(eager, required, out, command):
    import torch

    with open(eager, encoding="utf-8") as file:
        report = json.load(file)
    with open(required, encoding="utf-8") as file:
        bars = {key(case): case["ratio"] for case in json.load(file)["cases"]}
    tf32 = report.get("precision") == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    add_graph_times(report, graph_milliseconds)
    smi = subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"], capture_output=True, text=True, check=False)
    report["gpu"] = smi.stdout.strip() or torch.cuda.get_device_name()
    report["pytorch"] = f"{torch.__version__}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    report["command"] = command
    with open(out, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)
        file.write("\n")
    print("\n".join([report["gpu"], report["pytorch"], report["machine"], command, "", *table(report["cases"], bars)]))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
