import urllib.request
from datetime import datetime, timedelta, timezone

import pytest

from pytest_dsappd import Lab, LabError, NoRequestError


def register(lab: Lab, user: str, password: str = "Password2") -> "tuple[int, str]":
    """Send what a client would, and return the HTTP status and the reply."""
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister '
        'xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-component</componentType>'
        f"<user><userID>{user}</userID></user><credential><staticPassword>{password}</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>"
    )
    request = urllib.request.Request(lab.urls.soap, envelope.encode(), {"Content-Type": "text/xml"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as failed:
        with failed:
            return failed.code, failed.read().decode()


def test_what_a_lab_has(dsappd: Lab) -> None:
    urls = dsappd.urls
    assert all(url.startswith("http://127.0.0.1:") for url in (urls.soap, urls.gateway, urls.console, urls.platform, urls.operator, urls.lab))
    user = dsappd.user("user2")
    assert (user.password, user.serial_number, user.type, user.otp) == ("Password2", "VDS1000141", "hotp", "755224")
    assert len(dsappd.users()) == 9
    assert (dsappd.gateway_key(), dsappd.gateway_key("lab-back"), dsappd.platform_key()) == ("lab-front-key", "lab-back-key", "lab-platform-key")
    assert dsappd.service_key().endswith("0001")
    with pytest.raises(LabError, match="no key 'mine'.*lab-back, lab-front"):
        dsappd.gateway_key("mine")


def test_phone(dsappd: Lab) -> None:
    phone = dsappd.activate("user2")
    first = phone.otp()
    assert phone.serial_number == "VDS1000141" and phone.user_id == "user2" and len(phone.calls) >= 3
    assert first.isdigit() and phone.otp() != first
    assert dsappd.activate(dsappd.register("user6")).serial_number == "VDM1000001-1"


def test_clock_ends_a_registration(dsappd: Lab) -> None:
    registration = dsappd.register("user1")
    dsappd.clock.advance(minutes=11)
    with pytest.raises(LabError, match="granted the phone 0 calls"):
        dsappd.activate(registration)


def test_clock_moves_forward_alone(dsappd: Lab) -> None:
    noon = datetime(2040, 5, 1, 12, 0, 0, 250000, tzinfo=timezone.utc)
    assert dsappd.clock.freeze(noon).frozen
    assert dsappd.clock.advance(timedelta(days=1)).now == noon + timedelta(days=1) == dsappd.clock.now()
    assert dsappd.clock.set(noon + timedelta(days=2)).frozen
    assert not dsappd.clock.release().frozen
    with pytest.raises(LabError, match="does not go back") as refused:
        dsappd.clock.set(noon)
    assert refused.value.status == 400


def test_faults(dsappd: Lab) -> None:
    fault = dsappd.faults.add("unavailable", operation="dsappSRPRegister", nth=2)
    assert [register(dsappd, "user1")[0] for _ in range(3)] == [200, 503, 200]
    assert dsappd.faults.list()[0].struck == 1 and dsappd.requests(status="")[1].fault == fault.id
    dsappd.faults.clear(fault)
    assert dsappd.faults.list() == []
    dsappd.faults.add("delay", delay=timedelta(milliseconds=5))
    dsappd.faults.clear()
    with pytest.raises(LabError, match="nearest is dsappSRPActivate"):
        dsappd.faults.add("status", operation="dsappSRPActivat")


def test_requests(dsappd: Lab) -> None:
    register(dsappd, "user1", "wrong")
    seen = dsappd.wait_for_request(operation="dsappSRPRegister", user="user1", timeout=30)
    assert seen.status != "STAT_SUCCESS" and seen.http == 200 and "user1" in seen.request and "wrong" not in seen.request
    assert seen.time.tzinfo and seen.request_id
    with pytest.raises(NoRequestError, match=r"fits user 'user3'.*\n  \d+: soap dsappSRPRegister user1"):
        dsappd.wait_for_request(user="user3", timeout=0.01)


def test_state(dsappd: Lab) -> None:
    phone = dsappd.activate("user2")
    dsappd.snapshot("active")
    otp = phone.otp()
    dsappd.restore("active")
    assert phone.otp() == otp
    with pytest.raises(LabError, match='no snapshot "other"'):
        dsappd.restore("other")
    dsappd.reset()
    assert dsappd.requests() == []
    with pytest.raises(LabError, match="no phone of the lab"):
        phone.otp()


def test_apply(dsappd: Lab, tmp_path) -> None:
    file = tmp_path / "lab.toml"
    file.write_text('[[user]]\nid = "žofie"\npassword = "Wonder-1and"\n[[platform_key]]\nname = "mine"\n', encoding="utf-8")
    assert [change.what for change in dsappd.apply(file, plan=True)] == ["user žofie of master", "platform key mine"]
    made = dsappd.apply(file)
    assert made[1].key == dsappd.platform_key("mine") and dsappd.apply(file) == []
    assert dsappd.user("žofie").password == "Wonder-1and"
    file.write_text("[[user]]\nname = 1\n")
    with pytest.raises(LabError, match="says nothing here"):
        dsappd.apply(file)
