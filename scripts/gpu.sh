#!/usr/bin/env bash
# Runs lstmtorch on the libtorch of this host's PyTorch:
#
#     gpu.sh verify --device cuda
#
# PYTHON names the Python that has it (python3), LSTMTORCH_LIBTORCH its torch/lib where there is no Python. The program is the one
# beside this file (see bundle-gpu.sh), or else the lstmtorch of the PATH, built with TorchBackend=none.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ -z "${LSTMTORCH_LIBTORCH:-}" ]; then
    python=${PYTHON:-python3}
    # Found, not imported: that takes seconds.
    torch=$("$python" -c 'import importlib.util as i, os; s = i.find_spec("torch"); print(os.path.dirname(s.origin) if s else "")') \
        || { echo "$python does not run; name one with PYTHON, or PyTorch's torch/lib with LSTMTORCH_LIBTORCH" >&2; exit 70; }
    [ -n "$torch" ] || { echo "$python has no PyTorch; name another with PYTHON, or PyTorch's torch/lib with LSTMTORCH_LIBTORCH" >&2; exit 70; }
    export LSTMTORCH_LIBTORCH=$torch/lib
fi

# PyTorch's wheels have CUDA's libraries in packages of their own beside torch: nvidia/PACKAGE/lib.
libraries=$LSTMTORCH_LIBTORCH
for folder in "$LSTMTORCH_LIBTORCH"/../../nvidia/*/lib; do
    [ -d "$folder" ] && libraries=$libraries:$(cd "$folder" && pwd)
done
export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

# Bare hosts have no ICU, and the program needs none.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

if [ -x "$here/program/LstmTorch.Cli" ]; then
    export DOTNET_ROOT=$here/dotnet
    exec "$here/program/LstmTorch.Cli" "$@"
fi
command -v lstmtorch > /dev/null || { echo "there is no program beside $here/gpu.sh and no lstmtorch in the PATH; make a bundle with scripts/bundle-gpu.sh" >&2; exit 70; }
exec lstmtorch "$@"
