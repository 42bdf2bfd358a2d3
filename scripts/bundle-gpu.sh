#!/usr/bin/env bash
# Packs the program for a GPU host that has a PyTorch, but neither .NET nor libtorch of its own:
#
#     scripts/bundle-gpu.sh [lstmtorch-gpu.tar.gz]
#
# On the host: tar xzf lstmtorch-gpu.tar.gz && lstmtorch-gpu/train-gpu.sh sales.csv --target revenue
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-lstmtorch-gpu.tar.gz}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Built apart, so that the folders of a development build stay as they are.
bundle=$work/lstmtorch-gpu
dotnet publish -c Release -r linux-x64 --self-contained false -p:TorchBackend=none -p:DebugType=none \
    --artifacts-path "$work/artifacts" -o "$bundle/program" src/LstmTorch.Cli

rm -f "$bundle"/program/*.xml

# The runtime of this machine's .NET, without its compilers and without ASP.NET.
# It says itself where that lies: the command may be a script.
runtime=$(dotnet --list-runtimes | grep '^Microsoft\.NETCore\.App 10\.' | tail -n 1) || true
[ -n "$runtime" ] || { echo "there is no .NET 10 runtime; dotnet --list-runtimes shows what there is" >&2; exit 1; }
version=$(cut -d ' ' -f 2 <<< "$runtime")
dotnet=${runtime#*[}
dotnet=${dotnet%/shared/*}
mkdir -p "$bundle/dotnet/shared/Microsoft.NETCore.App"
cp "$dotnet/dotnet" "$bundle/dotnet/"
cp -r "$dotnet/host" "$bundle/dotnet/"
cp -r "$dotnet/shared/Microsoft.NETCore.App/$version" "$bundle/dotnet/shared/Microsoft.NETCore.App/"

cp scripts/gpu.sh scripts/train-gpu.sh scripts/bench-gpu.sh scripts/bench_cudnn.py docs/benchmarks/required-h100.json LICENSE "$bundle/"
tar czf "$out" -C "$work" lstmtorch-gpu
echo "$out: $(du -h "$out" | cut -f1), .NET $version"
