"""The controls of a lab, which are JSON over HTTP."""

import dataclasses
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, List, Optional, Type, TypeVar

T = TypeVar("T")


class LabError(Exception):
    """Raised when a control refuses, with the server's sentence.

    status is that of HTTP; 0 where there was no answer.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class NoRequestError(LabError):
    """Raised when no request came in time that fits."""


class Controls:
    """Asks the controls at a URL. Proxies are not asked."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str, timeout: float = 60, **query: Any) -> Any:
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return self._ask("GET", path + ("?" + urllib.parse.urlencode(given) if given else ""), None, timeout)

    def post(self, path: str, **members: Any) -> Any:
        given = {name: value for name, value in members.items() if value not in (None, "")}
        return self._ask("POST", path, json.dumps(given).encode(), 120)

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path, None, 60)

    def _ask(self, method: str, path: str, body: Optional[bytes], timeout: float) -> Any:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        request = urllib.request.Request(self.url + "/lab" + path, data=body, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            with refused:
                raise LabError(_message(refused), refused.code) from None
        except (OSError, ValueError) as failed:
            raise LabError(f"the lab at {self.url} does not answer {method} /lab{path}: {failed}") from failed


def _message(refused: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(refused)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {refused.code} from {refused.url}, which is no lab: give the URL that dsappd dev prints for the lab's controls"


def made(cls: Type[T], data: Dict[str, Any]) -> T:
    """Make a dataclass of a JSON object. Members that the class does not have are left out."""
    known = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    members = {}
    for name, value in data.items():
        name = re.sub(r"(?<=[a-z])[A-Z]+", lambda capitals: "_" + capitals[0].lower(), name)
        if name in known:
            members[name] = moment(value) if known[name].type in (datetime, "datetime") else value
    return cls(**members)


def moment(text: str) -> datetime:
    """Read a time by RFC 3339. Microseconds are kept."""
    read = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-]\d\d:\d\d))", text)
    if not read:
        raise ValueError(f"{text!r} is no time by RFC 3339")
    day, clock, fraction, zone = read.groups()
    return datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}{zone or '+00:00'}")


def instant(time: datetime) -> str:
    """Write a time by RFC 3339. A time without a zone is one of UTC."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=timezone.utc)
    return time.isoformat()


def duration(time: "timedelta | float") -> str:
    """Write a time span, or seconds, as the controls read it."""
    seconds = time.total_seconds() if isinstance(time, timedelta) else float(time)
    return f"{seconds:.6f}s"


@dataclasses.dataclass(frozen=True)
class ClockState:
    """What the lab's clock shows."""

    now: datetime
    frozen: bool
    ahead_seconds: float


class Clock:
    """The lab's clock, by which every rule and the phones go. It never goes back, except by a reset."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def state(self) -> ClockState:
        """Return what the clock shows."""
        return made(ClockState, self._controls.get("/clock"))

    def now(self) -> datetime:
        """Return the clock's time, in UTC."""
        return self.state().now

    def freeze(self, at: Optional[datetime] = None) -> ClockState:
        """Stop the clock, where it stands or at a time."""
        return self._move("freeze", time=instant(at) if at else None)

    def set(self, to: datetime) -> ClockState:
        """Put the clock forward to a time. A frozen clock stays frozen there."""
        return self._move("set", time=instant(to))

    def advance(self, by: Optional[timedelta] = None, **units: float) -> ClockState:
        """Move the clock forward, by a timedelta or what makes one: minutes=11."""
        return self._move("advance", by=duration(by if by is not None else timedelta(**units)))

    def release(self) -> ClockState:
        """Let a frozen clock run on from where it stands."""
        return self._move("release")

    def _move(self, do: str, **members: Any) -> ClockState:
        return made(ClockState, self._controls.post("/clock", do=do, **members))


@dataclasses.dataclass(frozen=True)
class Fault:
    """Something that goes wrong on purpose. id is in the header Dsappd-Fault of the replies that it touches."""

    id: int
    do: str
    door: str = ""
    operation: str = ""
    component: str = ""
    user: str = ""
    nth: int = 0
    times: int = 0
    chance: float = 0.0
    seed: int = 0
    status: str = ""
    words: str = ""
    delay: str = ""
    fitted: int = 0
    struck: int = 0


class Faults:
    """The faults of a lab. There are none until a test adds one."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def add(
        self,
        do: str,
        *,
        door: str = "",
        operation: str = "",
        component: str = "",
        user: str = "",
        nth: Optional[int] = None,
        times: Optional[int] = None,
        chance: Optional[float] = None,
        seed: Optional[int] = None,
        status: str = "",
        words: str = "",
        delay: "timedelta | float | None" = None,
    ) -> Fault:
        """Add a fault and return it.

        do is status, fault, unavailable, reset-before, reset-after, truncate,
        duplicate, slow or delay; delay is a timedelta or seconds. docs/lab-faults.md
        describes each.
        """
        return made(
            Fault,
            self._controls.post(
                "/faults", do=do, door=door, operation=operation, component=component, user=user, nth=nth, times=times, chance=chance, seed=seed,
                status=status, words=words, delay=duration(delay) if delay is not None else None,
            ),
        )  # fmt: skip

    def list(self) -> List[Fault]:
        """Return the faults, with how many requests each has fitted and struck."""
        return [made(Fault, fault) for fault in self._controls.get("/faults")["faults"]]

    def clear(self, fault: "Fault | int | None" = None) -> None:
        """Remove a fault, or all."""
        number = fault.id if isinstance(fault, Fault) else fault
        self._controls.delete("/faults" if number is None else f"/faults/{number}")
