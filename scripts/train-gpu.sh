#!/usr/bin/env bash
# Trains on a GPU host with the libtorch of its PyTorch; the options are those of train:
#
#     train-gpu.sh sales.csv --target revenue --horizon 7 --precision tf32
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/gpu.sh" train --device cuda "$@"
