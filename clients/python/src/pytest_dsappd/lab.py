"""A lab: a server with users, and the controls of it."""

import dataclasses
import os
from datetime import datetime
from types import TracebackType
from typing import Any, Dict, List, Optional, Sequence, Type, Union

from .controls import Clock, Controls, Faults, LabError, NoRequestError, duration, instant, made
from .process import Process, find_binary


@dataclasses.dataclass(frozen=True)
class URLs:
    """Where the lab answers, as http://HOST:PORT/. Empty: nowhere."""

    soap: str = ""
    gateway: str = ""
    console: str = ""
    platform: str = ""
    watch: str = ""
    operator: str = ""
    lab: str = ""


@dataclasses.dataclass(frozen=True)
class User:
    """A user of the lab, with an authenticator or without any.

    otp is the next one-time password that the server expects; it is not spent.
    pin says that a server PIN stands before it.
    """

    user_id: str
    domain: str
    password: str = ""
    serial_number: str = ""
    type: str = ""
    pin: bool = False
    otp: str = ""


@dataclasses.dataclass(frozen=True)
class Registration:
    """What register answered."""

    registration_id: str
    activation_password: str
    serial_number: str = ""
    component_type: str = ""


@dataclasses.dataclass(frozen=True)
class Request:
    """A request that the lab got, and what became of it.

    http is 0 where there was no reply. request and reply are the envelopes of
    SOAP, without their secrets.
    """

    number: int
    time: datetime
    door: str
    request_id: str = ""
    remote: str = ""
    method: str = ""
    path: str = ""
    http: int = 0
    took_seconds: float = 0.0
    fault: int = 0
    operation: str = ""
    component: str = ""
    user: str = ""
    domain: str = ""
    registration_id: str = ""
    serial_number: str = ""
    status: str = ""
    reason: str = ""
    request: str = dataclasses.field(default="", repr=False)
    reply: str = dataclasses.field(default="", repr=False)

    def __str__(self) -> str:
        asked = self.operation or f"{self.method} {self.path}"
        return " ".join(filter(None, [f"{self.number}: {self.door} {asked}", self.user, f"HTTP {self.http}", self.status, self.reason]))


@dataclasses.dataclass(frozen=True)
class Change:
    """A change that apply made, with the key that was drawn for it."""

    do: str
    what: str
    detail: str = ""
    key: str = ""


class Phone:
    """A simulated phone that has activated. It goes by the lab's clock, and a reset forgets it."""

    def __init__(self, controls: Controls, done: Dict[str, Any]) -> None:
        self._controls = controls
        self.serial_number: str = done["serialNumber"]
        self.user_id: str = done.get("userID", "")
        self.calls: List[str] = done["calls"]

    def otp(self) -> str:
        """Return the phone's next one-time password."""
        otp: str = self._controls.post("/phone/otp", serialNumber=self.serial_number)["otp"]
        return otp


class Lab:
    """A server, and the controls of it. Make one with start or connect."""

    def __init__(self, url: str, process: Optional[Process] = None) -> None:
        self._controls = Controls(url)
        self._process = process
        self.clock = Clock(self._controls)
        self.faults = Faults(self._controls)
        shown = self._controls.get("")
        self.urls = made(URLs, shown["urls"])
        self.dir: str = process.shown["dir"] if process else ""

    @classmethod
    def start(
        cls,
        *,
        binary: Optional[str] = None,
        apply: "Union[str, os.PathLike[str], None]" = None,
        at: Optional[datetime] = None,
        log: "Union[str, os.PathLike[str], None]" = None,
        args: Sequence[str] = (),
    ) -> "Lab":
        """Start a server from memory, on free ports of this machine.

        apply names a file whose records are there in place of the sample, at is
        the time at which the clock begins, log a file that gets the server's log,
        and args are more arguments of dsappd dev.
        """
        command = [find_binary(binary), "dev", "--json", "--free-ports", "--until-eof"]
        if apply is not None:
            command += ["--apply", os.fspath(apply)]
        if at is not None:
            command += ["--at", instant(at)]
        if log is None:
            command.append("--quiet")
        process = Process(command + list(args), os.fspath(log) if log is not None else None)
        try:
            return cls(process.shown["urls"]["lab"], process)
        except BaseException:
            process.stop()
            raise

    @classmethod
    def connect(cls, url: str) -> "Lab":
        """Steer a lab that somebody else has started, at the URL of its controls."""
        return cls(url)

    def stop(self) -> None:
        """End the server, if start started it, and wait until it has ended."""
        if self._process:
            self._process.stop()

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.stop()

    def reset(self) -> None:
        """Bring back what the lab began with: records, clock, no faults, no phones and no requests."""
        self._controls.post("/reset")

    def snapshot(self, name: str) -> None:
        """Keep the records under a name."""
        self._controls.post("/snapshot", name=name)

    def restore(self, name: str) -> None:
        """Bring back the records of a snapshot."""
        self._controls.post("/restore", name=name)

    def apply(self, file: "Union[str, os.PathLike[str]]", *, prune: bool = False, plan: bool = False) -> List[Change]:
        """Make the records what a file says, and return the changes. A plan makes none."""
        with open(file, encoding="utf-8") as opened:
            done = self._controls.post("/apply", file=opened.read(), prune=prune, plan=plan)
        return [made(Change, change) for change in done["changes"]]

    def users(self) -> List[User]:
        """Return the users, one for each authenticator."""
        return [made(User, user) for user in self._controls.get("/users")["users"]]

    def user(self, user_id: str, domain: str = "master") -> User:
        """Return a user, with the next one-time password of the first authenticator."""
        found = self._controls.get("/users", user=user_id, domain=domain)["users"]
        if not found:
            raise LabError(f"there is no user {user_id!r} in domain {domain!r}: users() lists those that there are")
        return made(User, found[0])

    def gateway_key(self, name: str = "lab-front") -> str:
        """Return the API key of the gateway of this name."""
        return self._key("gatewayKeys", name)

    def platform_key(self, name: str = "lab-platform") -> str:
        """Return the key of the Platform API of this name."""
        return self._key("platformKeys", name)

    def service_key(self, user_id: str = "robot") -> str:
        """Return the API key of a service user."""
        return self._key("serviceKeys", user_id)

    def _key(self, kind: str, name: str) -> str:
        keys: Dict[str, str] = self._controls.get("")[kind]
        if name not in keys:
            raise LabError(f"the lab knows no key {name!r} among its {kind}: it knows {', '.join(sorted(keys)) or 'none'}")
        return keys[name]

    def register(self, user_id: str, *, domain: str = "", password: str = "", component: str = "") -> Registration:
        """Register a user by SOAP, as a client would. What is left out is as the sample has it."""
        return made(Registration, self._controls.post("/register", userID=user_id, domain=domain, password=password, componentType=component))

    def activate(
        self, user: "Union[str, Registration, None]" = None, *, image: str = "", domain: str = "", password: str = "", component: str = ""
    ) -> Phone:
        """Have a simulated phone activate and return it.

        It activates for a user, whom the lab registers first, by a registration,
        or by the text of an activation image in hex.
        """
        if isinstance(user, Registration):
            members = {"registrationID": user.registration_id, "activationPassword": user.activation_password}
            component = component or user.component_type
        else:
            members = {"userID": user or "", "image": image, "domain": domain, "password": password}
        return Phone(self._controls, self._controls.post("/phone", componentType=component, **members))

    def requests(
        self, *, operation: str = "", user: str = "", status: str = "", component: str = "", registration: str = "", door: str = "", after: int = 0
    ) -> List[Request]:
        """Return the requests so far that fit, the oldest first."""
        return self._find(0, operation=operation, user=user, status=status, component=component, registration=registration, door=door, after=after)

    def wait_for_request(
        self, *, timeout: float = 5.0, operation: str = "", user: str = "", status: str = "", component: str = "", registration: str = "",
        door: str = "", after: int = 0,
    ) -> Request:  # fmt: skip
        """Return the first request that fits, once it has come. NoRequestError tells what came instead."""
        wanted = dict(operation=operation, user=user, status=status, component=component, registration=registration, door=door, after=after)
        found = self._find(timeout, **wanted)
        if found:
            return found[0]
        words = ", ".join(f"{name} {value!r}" for name, value in wanted.items() if value) or "anything"
        came = "".join(f"\n  {request}" for request in self.requests()[-10:]) or " nothing"
        raise NoRequestError(f"no request came within {timeout:g} s that fits {words}. What came:{came}")

    def _find(self, wait: float, **wanted: Any) -> List[Request]:
        found = self._controls.get("/requests", timeout=wait + 60, wait=duration(wait), **wanted)
        return [made(Request, request) for request in found["requests"]]
