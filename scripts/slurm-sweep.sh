#!/usr/bin/env bash
# A sweep on Slurm: as many tasks as the array has, on any machines that see the folder, train its trials until none is left.
#
#     lstmtorch sweep init sales.csv --target revenue --vary learning-rate=1e-4..1e-2:log --trials 50 --out runs/sweep
#     sbatch --array=0-7 scripts/slurm-sweep.sh runs/sweep
#
# A task that is preempted or runs out of time goes back into the queue, and goes on with the trial that it had, or with another. One whose
# machine dies leaves its trial to the others, from its last checkpoint.
#SBATCH --job-name=lstmtorch-sweep
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=1
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
set -uo pipefail

status=0
srun lstmtorch sweep run "$1" || status=$?

if [ "$status" -eq 75 ]; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}"
fi
exit "$status"
