"""A dsappd server inside a test: clock, faults, phone, requests and state."""

from .controls import Clock, ClockState, Fault, Faults, LabError, NoRequestError
from .lab import Change, Lab, Phone, Registration, Request, URLs, User

__version__ = "0.1.0"

__all__ = [
    "Change",
    "Clock",
    "ClockState",
    "Fault",
    "Faults",
    "Lab",
    "LabError",
    "NoRequestError",
    "Phone",
    "Registration",
    "Request",
    "URLs",
    "User",
]
