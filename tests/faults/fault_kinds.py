"""Kinds of jobs that behave badly on purpose. Test processes import this module, which registers them."""

import os
import signal
import subprocess
import sys
import time

from sft_core.errors import DataError, Stopped
from sft_core.jobs.kinds import JobKind, register
from sft_core.records import Work


def steps(work: Work) -> None:
    """A polite training: 0.02 s a step, saves where it is when it is asked to stop, goes on from there."""
    place = work.folder / "step.txt"
    begun = int(place.read_text()) if place.exists() else 0
    for step in range(begun, int(work.request["steps"])):
        if work.should_stop():
            place.write_text(str(step))
            work.events.add("checkpoint", step=step)
            raise Stopped("It was stopped and can be resumed.")
        work.events.add("step", step=step)
        time.sleep(0.02)


def deaf(work: Work) -> None:
    """Hears no SIGTERM, and has children that hear none either: one in a session of its own."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleeper = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    for apart in (False, True):
        subprocess.Popen([sys.executable, "-c", sleeper], start_new_session=apart)
    work.events.add("ready")
    time.sleep(600)


def forks(work: Work) -> None:
    """Has a forked child, which inherits what the worker holds open."""
    if os.fork() == 0:
        time.sleep(600)
        os._exit(0)
    work.events.add("ready")
    time.sleep(600)


def flood(work: Work) -> None:
    """Writes as many lines as it is told and never waits for a reader."""
    line = b"x" * 1023 + b"\n"
    for _ in range(int(work.request["kilobytes"])):
        os.write(1, line)
        time.sleep(0 if work.request.get("fast", True) else 0.001)


def refuses(work: Work) -> None:
    """Bad input."""
    raise DataError("The column is missing.", "Choose another one.")


def breaks(work: Work) -> None:
    """A bug."""
    raise ZeroDivisionError("a secret detail")


def lingers(work: Work) -> None:
    """Finishes, but a child that hears no SIGTERM and a thread keep it from leaving."""
    import threading

    threading.Thread(target=time.sleep, args=(600,)).start()


def crashes(work: Work) -> None:
    """A library that crashes."""
    os.kill(os.getpid(), signal.SIGSEGV)


def tells_environment(work: Work) -> None:
    """Leaves what it finds around it."""
    import json

    facts = {"environment": dict(os.environ), "cwd": os.listdir(), "nice": os.nice(0), "stdin": sys.stdin.read()}
    (work.folder / "facts.json").write_text(json.dumps(facts))


for function in (steps, deaf, forks, flood, refuses, breaks, lingers, crashes):
    register(f"test-{function.__name__}", JobKind(f"fault_kinds:{function.__name__}", "train", place="runs"))
register("test-light", JobKind("fault_kinds:tells_environment", "light", environment={"MALLOC_ARENA_MAX": "2"}))
register("test-light-steps", JobKind("fault_kinds:steps", "light"))
