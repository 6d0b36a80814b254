"""A desktop as a process: it orders one run, or finds the one it ordered, and follows it to its end."""

import os
import sys
import threading
from pathlib import Path

from desk import PACE, QUICK, school

from cloud_runner.client.follow import Follower
from cloud_runner.client.prepare import prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Runs
from echelon_desktop.solver.compile import NO_SCHEDULE

LOOK_S = 0.05


def main() -> None:
    """Do it; the environment says where, and whether to cancel at some look."""
    remote = Remote.from_text(os.environ["REMOTE"])
    follower = Follower(Runs(Path(os.environ["FOLDER"])), PACE)
    runs = follower.runs.all()
    if runs:
        run = runs[0]
    else:
        made = school()
        run = follower.submit(
            prepare(made.school, made.rules, NO_SCHEDULE, QUICK), remote, "school", "A school"
        )
    looks, cancel_at = 0, int(os.environ.get("CANCEL_AT", "-1"))
    while not run.state.ended:
        looks += 1
        run = follower.cancel(run.id) if looks == cancel_at else follower.advance(run.id)
        threading.Event().wait(LOOK_S)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
