"""Stands for `ftgov` where a page's commands are run: hands its line to a warm process.

Run: FTGOV_WARM=SOCKET python -IS tests/warm_shim.py ARGUMENTS; its files, folder, variables count.
"""

from __future__ import annotations

import json
import os
import socket
import sys


def main() -> int:
    """Run the command in a process forked for it and return its status."""
    around = dict(os.environ)
    folder = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import than all else here
    asked = {"environment": around, "folder": folder, "arguments": sys.argv[1:]}
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(around.pop("FTGOV_WARM"))
        line = json.dumps(asked).encode() + b"\n"
        server.sendall(line[socket.send_fds(server, [line], [0, 1, 2]) :])
        told = b""
        while told.count(b"\n") < 2 and (more := server.recv(64)):
            told += more
    return int(told.split()[1])


if __name__ == "__main__":
    sys.exit(main())
