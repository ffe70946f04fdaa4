"""All processes of a job: its worker, what descends from it, and orphans that still carry its id.

Torchrun gives each rank a process group of its own and orphans change their parent, so no single mark finds all:
descent, session and the job's id in the environment are taken together.
"""

import os
import signal
from pathlib import Path

from sft_core.jobs.identity import Identity, Stat, boot_id, read_stat, send_signal

RUN_ID = "TUNEBOARD_RUN_ID"


def members(job_id: str, leader: Identity | None) -> list[Identity]:
    """Living processes of the job, this process never among them."""
    stats = _living()
    found = {pid for pid in stats if _carries(pid, job_id)}
    if leader is not None and leader.boot_id == boot_id():
        found |= {pid for pid, stat in stats.items() if _belongs(pid, stat, leader)}
    found = _with_descendants(found, stats) - {os.getpid()}
    boot = boot_id()
    return [Identity(boot, pid, stats[pid].ticks) for pid in sorted(found) if pid > 1]


def kill_all(family: list[Identity]) -> None:
    """SIGKILL to each of them. New ones may have been born meanwhile: look again until none is left."""
    for identity in family:
        send_signal(identity, signal.SIGKILL)


def _living() -> dict[int, Stat]:
    pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    stats = {pid: read_stat(pid) for pid in pids}
    return {pid: stat for pid, stat in stats.items() if stat is not None and stat.state not in "ZXx"}


def _carries(pid: int, job_id: str) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # gone meanwhile, or another user's
        return False
    return f"{RUN_ID}={job_id}".encode() in environment.split(b"\0")


def _belongs(pid: int, stat: Stat, leader: Identity) -> bool:
    if pid == leader.pid:
        return stat.ticks == leader.ticks
    return stat.session == leader.pid and stat.ticks >= leader.ticks


def _with_descendants(found: set[int], stats: dict[int, Stat]) -> set[int]:
    grown = set(found)
    while True:
        born = {pid for pid, stat in stats.items() if stat.parent in grown} - grown
        if not born:
            return grown
        grown |= born
