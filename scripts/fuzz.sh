#!/usr/bin/env bash
# Fuzzes one parser under afl-fuzz, which sees the branches that an input takes, until it is stopped:
#   scripts/fuzz.sh PARSER [afl-fuzz options, such as -V 600 for ten minutes]
# Needs afl-fuzz (Debian: afl++) and `dotnet tool install --global sharpfuzz.commandline`. What it finds lies in fuzz/PARSER/default/crashes.
set -euo pipefail
cd "$(dirname "$0")/.."
parser=${1:?"usage: scripts/fuzz.sh PARSER [afl-fuzz options]"}
shift
command -v afl-fuzz > /dev/null || { echo "afl-fuzz is not installed: apt-get install afl++" >&2; exit 1; }
command -v sharpfuzz > /dev/null || { echo "sharpfuzz is not installed: dotnet tool install --global sharpfuzz.commandline" >&2; exit 1; }

program=fuzz/program
rm -rf "$program"
dotnet publish -c Release -o "$program" tests/LstmTorch.Fuzzing
"$program/LstmTorch.Fuzzing" "$parser" "fuzz/$parser-seeds"
for library in LstmTorch LstmTorch.Runtime; do
    sharpfuzz "$program/$library.dll"
done

# A .NET program is no binary that afl-fuzz has instrumented itself, and reserves far more memory than it uses.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
exec afl-fuzz -m none -t 10000 -i "fuzz/$parser-seeds" -o "fuzz/$parser" "$@" -- "$program/LstmTorch.Fuzzing" "$parser"
