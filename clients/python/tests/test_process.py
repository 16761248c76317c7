import os
import signal
import socket
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pytest_dsappd import Lab, LabError

SOURCES = str(Path(__file__).parent.parent / "src")


def test_a_lab_of_its_own(tmp_path) -> None:
    file, log = tmp_path / "lab.toml", tmp_path / "log"
    file.write_text('[[user]]\nid = "anna"\npassword = "Wonder-1and"\n')
    with Lab.start(apply=file, at=datetime(2020, 2, 29, tzinfo=timezone.utc), log=log) as lab:
        assert lab.clock.now().year == 2020 and [user.user_id for user in lab.users()] == ["anna"]
        assert Lab.connect(lab.urls.lab).user("anna").password == "Wonder-1and"
        assert os.path.isdir(lab.dir)
    assert not os.path.exists(lab.dir) and "lab's request" in log.read_text()
    with pytest.raises(LabError, match="does not answer"):
        lab.reset()


def test_a_lab_that_does_not_start(tmp_path, monkeypatch) -> None:
    file = tmp_path / "lab.toml"
    file.write_text("[[user]]\n")
    with pytest.raises(LabError, match=r"does not start: .*lab\.toml: .*has no id"):
        Lab.start(apply=file)
    with pytest.raises(LabError, match="does not start: unknown flag --nonsense"):
        Lab.start(args=["--nonsense"])
    with pytest.raises(LabError, match="there is no program /nowhere/dsappd.*install it with: go install github.com/dsappd"):
        Lab.start(binary="/nowhere/dsappd")
    monkeypatch.delenv("DSAPPD", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="no program dsappd on the PATH: install it with: go install"):
        Lab.start()


def test_a_killed_program_leaves_no_server() -> None:
    program = "import sys, time; from pytest_dsappd import Lab; print(Lab.start().urls.lab, flush=True); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": SOURCES})
    at = urlsplit(child.stdout.readline().strip())
    with socket.create_connection((at.hostname, at.port)) as connection:
        connection.settimeout(60)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert connection.recv(1) == b"", "the server has not closed its connections"
