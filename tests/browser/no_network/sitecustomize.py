"""On PYTHONPATH it takes the network from every Python process: what would leave this machine finds no way."""

import errno
import ipaddress
import socket


def _leaves(connection, address):
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    try:
        return not ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] != "localhost"


class _Kept(socket.socket):
    """A socket that reaches this machine only."""

    def connect(self, address):
        if _leaves(self, address):
            raise OSError(errno.ENETUNREACH, "the network was taken away")
        return super().connect(address)

    def connect_ex(self, address):
        return errno.ENETUNREACH if _leaves(self, address) else super().connect_ex(address)


socket.socket = _Kept
