#!/usr/bin/env bash
# Times the kernels on a GPU against cuDNN's nn.LSTM, as a program runs them and as the device alone:
#
#     bench-gpu.sh OUT.json [--precision fp32] [options of bench]
#
# The eager times of both sides come from lstmtorch bench, in one process a case. cuDNN's eager time is mostly the host's, so that
# nn.LSTM is timed in a CUDA graph too, through this host's PyTorch (bench_cudnn.py), against our time by the device's own events.
# OUT.json holds everything with card, driver, versions and commands; the table is printed. Nothing is timed before verify passes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?"usage: bench-gpu.sh OUT.json [options of bench]"}
shift
options=(--precision tf32 "$@")

required=$here/required-h100.json
[ -e "$required" ] || required=$here/../docs/benchmarks/required-h100.json

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

status=0
"$here/gpu.sh" verify --device cuda > "$work/verify" || status=$?
if [ "$status" -ne 0 ]; then
    cat "$work/verify" >&2
    [ "$status" -ne 1 ] || echo "the kernels are wrong here; no time counts" >&2
    exit "$status"
fi

# 1 is a ratio that falls short: the table shows which.
"$here/gpu.sh" bench --device cuda --require "$required" --json "${options[@]}" > "$work/eager.json" || status=$?
[ "$status" -le 1 ] || exit "$status"
"${PYTHON:-python3}" "$here/bench_cudnn.py" "$work/eager.json" "$required" "$out" \
    "lstmtorch bench --device cuda --require required-h100.json --json ${options[*]}"
exit "$status"
