#!/usr/bin/env bash
# A training on Slurm that may be preempted or run out of time: it writes a checkpoint, goes back into the queue and goes on there.
#
#     sbatch scripts/slurm-train.sh sales.csv runs/sales --target revenue --epochs 500
#
# Slurm sends SIGTERM two minutes before the time is over, and before a preemption; lstmtorch then ends with 75. A node that
# dies sends nothing: the job is requeued all the same, and goes on from the last checkpoint.
#SBATCH --job-name=lstmtorch
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=4
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
set -uo pipefail

data=$1 run=$2
shift 2

resume=()
[ -e "$run/config.json" ] && resume=(--resume)

# The number of threads is fixed, since a run repeats to the bit only with the same number.
status=0
srun lstmtorch train "$data" --out "$run" --threads "${SLURM_CPUS_PER_TASK:-1}" --checkpoint-steps 1000 \
    "$@" ${resume[@]+"${resume[@]}"} || status=$?

if [ "$status" -eq 75 ]; then
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
