"""The server's process."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from typing import Any, Dict, IO, List, Optional

from .controls import LabError

INSTALL = "go install github.com/dsappd/dsappd/cmd/dsappd@latest"

READY_SECONDS = 60.0
END_SECONDS = 20.0


def find_binary(named: Optional[str] = None) -> str:
    """Return the path of the program: as named, as the variable DSAPPD says, or from the PATH."""
    wanted = named or os.environ.get("DSAPPD") or "dsappd"
    found = shutil.which(wanted)
    if found is None and os.sep in wanted and os.path.isfile(wanted):
        raise LabError(f"{wanted} cannot be run: make it executable with: chmod +x {wanted}")
    if found is None and wanted != "dsappd":
        raise LabError(f"there is no program {wanted}, which the variable DSAPPD or the option binary names: give its path, or install it with: {INSTALL}")
    if found is None:
        raise LabError(f"there is no program dsappd on the PATH: install it with: {INSTALL}, or name its path in the variable DSAPPD")
    return found


class Process:
    """A server that this process started. It ends with it, however that ends: the server reads a pipe that only this process holds."""

    def __init__(self, command: List[str], log: Optional[str] = None) -> None:
        self._said: IO[bytes] = open(log, "ab") if log else tempfile.TemporaryFile()
        self._log = log
        # A session of its own keeps a Ctrl-C that is meant for the tests away from it.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, start_new_session=True
        )
        self.pid = self._process.pid
        self.shown = self._await_ready()

    def _await_ready(self) -> Dict[str, Any]:
        assert self._process.stdout is not None
        late = threading.Timer(READY_SECONDS, self._process.kill)
        late.start()
        line = self._process.stdout.readline()
        late.cancel()
        try:
            shown: Dict[str, Any] = json.loads(line)
            return shown
        except ValueError:
            code = self._end()
            raise LabError(self._reason(code)) from None

    def _reason(self, code: int) -> str:
        """Return why the server did not start, in its own words."""
        if self._log:
            return f"dsappd ended with exit code {code}; {self._log} says why"
        self._said.seek(0)
        text = self._said.read().decode(errors="replace").strip()
        last = text.splitlines()[-1] if text else ""
        try:
            error = json.loads(last)["error"]
            return f"dsappd does not start: {error['message']}" + (f": {error['hint']}" if error.get("hint") else "")
        except (ValueError, KeyError, TypeError):
            return f"dsappd does not start: exit code {code}, and it says: {text or 'nothing'}"

    def stop(self) -> None:
        """End the server, and wait until it has ended."""
        self._end()
        self._said.close()

    def _end(self) -> int:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
