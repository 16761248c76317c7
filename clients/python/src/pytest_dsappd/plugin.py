"""The fixtures of pytest, and what a failed test is told of its requests."""

import os
from typing import Any, Dict, Generator, Iterator

import pytest

from .controls import LabError
from .lab import Lab


@pytest.fixture(scope="session")
def dsappd_options() -> Dict[str, Any]:
    """Return the options of Lab.start. Override it to serve other records, or from another time."""
    return {}


@pytest.fixture(scope="session")
def dsappd_server(dsappd_options: Dict[str, Any]) -> Iterator[Lab]:
    """Serve a lab for all tests, or steer the one whose controls the variable DSAPPD_LAB names."""
    running = os.environ.get("DSAPPD_LAB")
    with Lab.connect(running) if running else Lab.start(**dsappd_options) as lab:
        yield lab


@pytest.fixture
def dsappd(dsappd_server: Lab) -> Lab:
    """Return the lab, as it began."""
    dsappd_server.reset()
    return dsappd_server


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """List the lab's requests below a test that failed."""
    outcome = yield
    report = outcome.get_result()
    lab = getattr(item, "funcargs", {}).get("dsappd")
    if report.when == "call" and report.failed and isinstance(lab, Lab):
        try:
            requests = [str(request) for request in lab.requests()[-20:]]
        except LabError as failed:
            requests = [str(failed)]
        report.sections.append(("Requests of dsappd", "\n".join(requests) or "none"))
