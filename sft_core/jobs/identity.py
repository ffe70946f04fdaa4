"""Who a process is: boot id, pid and start ticks together. A pid alone lies, since pids are used again."""

import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sft_core.errors import DataError
from sft_core.records import PROC, SCHEMA_VERSION, read_json, write_json

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_DEAD = "ZXx"


@dataclass(frozen=True)
class Identity:
    """One process of one boot of this machine; `ticks` is field 22 of /proc/<pid>/stat."""

    boot_id: str
    pid: int
    ticks: int


@dataclass(frozen=True)
class Stat:
    """What /proc says of a process; `state` is Z for a zombie."""

    state: str
    parent: int
    session: int
    ticks: int


def boot_id() -> str:
    """The id of the running boot: another one means that the machine restarted."""
    return _BOOT_ID.read_text(encoding="ascii").strip()


def read_stat(pid: int) -> Stat | None:
    """State, parent, session and start of a process, None where there is none."""
    try:
        content = Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    fields = content[content.rfind(b")") + 2 :].split()  # the name before may hold spaces and brackets
    return Stat(fields[0].decode(), int(fields[1]), int(fields[3]), int(fields[19]))


def identify(pid: int) -> Identity | None:
    """The identity of a living process."""
    stat = read_stat(pid)
    return None if stat is None or stat.state in _DEAD else Identity(boot_id(), pid, stat.ticks)


def own_identity() -> Identity:
    """The identity of this process."""
    identity = identify(os.getpid())
    assert identity is not None, "this process is not in /proc"
    return identity


def began_at(identity: Identity) -> float:
    """When a process of this boot began, in seconds since the epoch."""
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - identity.ticks / os.sysconf("SC_CLK_TCK")
    return time.time() - max(0.0, age)


def command_began() -> float:
    """When this process began: what was imported and checked before a job is asked for belongs to its time."""
    return began_at(own_identity())


def is_alive(identity: Identity) -> bool:
    """Whether this very process lives; a zombie, a stranger with its pid and one before a restart do not count."""
    stat = read_stat(identity.pid)
    return (
        stat is not None and stat.state not in _DEAD and stat.ticks == identity.ticks and boot_id() == identity.boot_id
    )


def send_signal(identity: Identity, number: signal.Signals) -> bool:
    """Signal this very process, never a stranger that got its pid; False where it is gone."""
    if identity.pid < 2:
        return False
    try:
        handle = os.pidfd_open(identity.pid)
    except OSError:
        return False
    try:
        if not is_alive(identity):
            return False
        signal.pidfd_send_signal(handle, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)


def write_identity(path: Path, identity: Identity, **more: Any) -> None:
    """Write an identity down (`proc.json`, `supervisor.json`)."""
    write_json(path, {"schema_version": SCHEMA_VERSION, **asdict(identity), **more})


def read_identity(path: Path) -> Identity | None:
    """The identity in a file, None where there is none or it is damaged."""
    try:
        value = read_json(path)
        return Identity(str(value["boot_id"]), int(value["pid"]), int(value["ticks"]))
    except (OSError, DataError, KeyError, TypeError, ValueError):
        return None


def worker_identity(folder: Path, attempt: int) -> Identity | None:
    """Who the worker of this attempt is (`proc.json`), None before it said so."""
    path = folder / PROC
    try:
        if read_json(path).get("attempt") != attempt:
            return None
    except (OSError, DataError, AttributeError):
        return None
    return read_identity(path)
