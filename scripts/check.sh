#!/usr/bin/env bash
# The whole check, the same here and in continuous integration: format, build with warnings as errors, and the README's test command.
# The last line counts the tests: "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet restore
dotnet format --verify-no-changes --no-restore
dotnet build -c Release --no-restore

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet test -c Release 2>&1 | tee "$log" || status=$?

# The kernels once more for each narrower vector: a processor runs the widest that it has, and this one may have all.
for set in AVX512 AVX2 HWIntrinsic; do
    env "DOTNET_Enable$set=0" dotnet run -c Release --no-build --project tests/LstmTorch.Runtime.Tests -- \
        -namespace LstmTorch.Runtime.Tests.Kernels || status=$?
done

# Once more at the end, where a log that was cut keeps them.
grep -A 12 -E "^failed " "$log" || true

count() { grep -oE "^ *$1: [0-9]+" "$log" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }
echo "$(count succeeded) passed, $(count failed) failed, $(count skipped) skipped"
exit "$status"
