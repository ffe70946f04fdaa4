"""Open the dashboard: `python -m sft_core.web`. On this machine only, unless that is asked for in so many words."""

import argparse
import ipaddress
import os
import platform
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sft_core.errors import InputError, SFTError
from sft_core.workspace import open_workspace

DEFAULT_ADDRESS, DEFAULT_PORT = "127.0.0.1", 8501
HIGHEST_PORT = 65535
_PORTS_TRIED = 100
_NETWORK_SENTENCE = (
    "Everyone who reaches {address} can now see and change all data in this dashboard: it has no log-in of its own.\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Become the dashboard's server; returns only where that cannot be (2, with a sentence and a hint)."""
    options = _parser().parse_args(arguments)
    try:
        command = server_command(options, os.environ)
        home = open_workspace().root
    except SFTError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 2
    sys.stdout.write(_where(command))
    root = app_file().parent
    os.environ["TUNEBOARD_HOME"] = str(home)
    os.chdir(root)  # Streamlit reads .streamlit/config.toml there
    sys.stdout.flush()
    os.execv(sys.executable, command)


def _where(command: Sequence[str]) -> str:
    """What is said in place of Streamlit's own words, of a "Streamlit app"."""
    flags = dict(part.removeprefix("--server.").split("=", 1) for part in command if part.startswith("--server."))
    address = flags["address"]
    host = f"[{address}]" if ":" in address and not address.startswith(("[", "unix:")) else address or "this machine"
    place = address if address.startswith("unix:") else f"http://{host}:{flags['port']}"
    return f"Tuneboard opens on {place}. Ctrl+C ends the dashboard; a training that is under way goes on.\n"


def server_command(options: argparse.Namespace, environment: Mapping[str, str]) -> list[str]:
    """The command line of the server. Options win over STREAMLIT_* variables, those over config.toml.

    Raises InputError for an address beyond this machine without --allow-network, or a wished port that is taken.
    """
    address = options.address or environment.get("STREAMLIT_SERVER_ADDRESS", DEFAULT_ADDRESS)
    allow_beyond_this_machine(address, options.allow_network)
    flags = {"address": address, "showEmailPrompt": "false"}
    if not address.startswith("unix:"):
        flags["port"] = str(_port(address, options.port, environment))
    if not is_loopback(address) and "STREAMLIT_SERVER_ALLOWED_HOSTS" not in environment:
        flags["allowedHosts"] = "*"
    if options.headless or "STREAMLIT_SERVER_HEADLESS" not in environment:
        flags["headless"] = "false" if not options.headless and has_screen(environment) else "true"
    settings = [f"--server.{name}={value}" for name, value in flags.items()]
    if flags.get("port") != "0":  # where it opens was said before; a port that the system chooses only Streamlit knows
        settings.append("--logger.hideWelcomeMessage=true")
    return [sys.executable, "-m", "streamlit", "run", str(app_file()), *settings]


def allow_beyond_this_machine(address: str, allowed: bool) -> None:
    """Raises InputError for an address that others can reach, unless it is allowed; says what it means if it is."""
    if is_loopback(address):
        return
    if not allowed:
        raise InputError(
            f"The address {address or '(all)'} can be reached from other machines, and the dashboard has no log-in.",
            "Leave the address out, or add --allow-network if everyone who reaches it may see and change everything.",
        )
    sys.stderr.write(_NETWORK_SENTENCE.format(address=address or "this machine"))


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches the address (a Unix socket counts)."""
    if address == "localhost" or address.startswith("unix:"):
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def free_port(address: str, first: int) -> int:
    """The first free port from `first` on. Raises InputError after a hundred."""
    for port in range(first, min(first + _PORTS_TRIED, HIGHEST_PORT + 1)):
        if is_free(address, port):
            return port
    raise InputError(f"No port from {first} on is free.", "Choose one with --port.")


def is_free(address: str, port: int) -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.strip("[]"), port))
        except OSError:
            return False
    return True


def has_screen(environment: Mapping[str, str]) -> bool:
    """Whether a browser can be opened here."""
    if platform.system() != "Linux" or "microsoft" in platform.release().lower():
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def app_file() -> Path:
    """The dashboard's entry beside this package. Raises InputError where the package was installed without it."""
    path = Path(__file__).resolve().parents[2] / "app.py"
    if not path.is_file():
        raise InputError("The dashboard's app.py is not here.", "Start it from the project's folder with `make run`.")
    return path


def _port(address: str, wished: int | None, environment: Mapping[str, str]) -> int:
    variable = environment.get("STREAMLIT_SERVER_PORT", "")
    chosen = wished if wished is not None else int(variable) if variable.isdecimal() else None
    if chosen is not None:
        if not 0 <= chosen <= HIGHEST_PORT:
            raise InputError(f"There is no port {chosen}.", f"Choose one up to {HIGHEST_PORT}, or leave it out.")
        if chosen and not is_free(address, chosen):
            raise InputError(f"Port {chosen} is in use.", "Choose another one, or leave it out.")
        return chosen
    port = free_port(address, DEFAULT_PORT)
    if port != DEFAULT_PORT:
        sys.stdout.write(f"Port {DEFAULT_PORT} is in use; the dashboard opens on port {port}.\n")
    return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sft_core.web", description="Open the dashboard in the browser.")
    parser.add_argument("--port", type=int, help=f"port to listen on (default: {DEFAULT_PORT}, or the next free one)")
    parser.add_argument("--address", help=f"address to listen on (default: {DEFAULT_ADDRESS})")
    parser.add_argument("--allow-network", action="store_true", help="allow an address that other machines can reach")
    parser.add_argument("--headless", action="store_true", help="do not open a browser")
    return parser


if __name__ == "__main__":
    sys.exit(main())
