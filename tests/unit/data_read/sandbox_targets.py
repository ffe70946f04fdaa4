"""Functions that the sandbox's tests run in a child."""

import ctypes
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sft_core.errors import ConfigError, DataError


def add(a: int, b: int) -> int:
    return a + b


def tell(on_progress: Callable[[float, str], None]) -> dict[str, Any]:
    on_progress(0.5, "half way")
    return {"cwd": os.getcwd(), "names": sorted(os.environ)}


def refuse() -> None:
    raise DataError("This is no table.", "Choose another file.")


def refuse_settings() -> None:
    raise ConfigError(["One is wrong.", "Two is wrong."])


def eat_memory() -> int:
    return len(bytearray(4 << 30))


def sleep() -> None:
    time.sleep(60)


def sleep_with_offspring(pid_file: str) -> None:
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    Path(pid_file).write_text(str(child))
    time.sleep(60)


def crash() -> None:
    ctypes.string_at(0)


def divide_by_zero() -> float:
    return 1 / 0


def fill_disk() -> None:
    Path("large").write_bytes(b"x" * (8 << 20))


def call_out(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


def connect_past_python(port: int) -> int:
    """The error number of a connect made through libc, which Python's own checks do not see."""
    libc = ctypes.CDLL(None, use_errno=True)
    address = (2).to_bytes(2, "little") + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    descriptor = libc.socket(2, 1, 0)
    return 0 if libc.connect(descriptor, address, 16) == 0 else ctypes.get_errno()
