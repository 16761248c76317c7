"""A customer's program over requests: both ways to enrol, as docs/flows.md
has them, and requests that are sent again.
Usage: rest.py http://127.0.0.1:PORT KEY"""

import sys
import threading

import requests

from dsapp import Device

CHECKS = 0
ANDROID, PASSWORD = 7, "Password2"


def check(what, got, want):
    global CHECKS
    CHECKS += 1
    assert got == want, f"{what} is {got!r}, not {want!r}"


class API:
    def __init__(self, base, key):
        self.base, self.session = base.rstrip("/") + "/v1", requests.Session()
        self.session.headers["Authorization"] = "Bearer " + key

    def call(self, method, path, status=200, json=None, headers=None):
        answer = self.session.request(method, self.base + path, json=json, headers=headers)
        print(f"{method} {path:<60} {answer.status_code}")
        check(f"{path}: {answer.text}", answer.status_code, status)
        check("a correlation", len(answer.headers["log-correlation-id"]), 16)
        if answer.headers["Content-Type"] == "image/png":
            return answer.content
        body = answer.json()
        if status >= 400:
            check("the error's name", body["error"], requests.status_codes._codes[status][0].replace("_", " ").title())
        return body

    def status(self, user, wait=0):
        return self.call("POST", "/registrations/check-status", json={"login": user, "timeoutSeconds": wait})["activationStatus"]


def in_one_call(api):
    """The device's code and signature come by hand, and a waiter hears of the end."""
    first = api.call("POST", "/users/register", json={"objectType": "RegisterUserInputEx", "userID": "josh", "activationType": "offlineMDL"})
    check("the image", api.call("GET", "/visualcodes/render?format=QR&message=" + first["activationPassword"])[:4], b"\x89PNG")
    device = Device(first["activationPassword"], ANDROID)
    path = "/registrations/" + first["registrationID"]
    heard = []
    waiter = threading.Thread(target=lambda: heard.append(requests.post(
        api.base + "/registrations/check-status", json={"login": "josh", "timeoutSeconds": "60"}, headers=api.session.headers).json()))
    added = api.call("POST", path + "/add-device", json={"deviceCode": device.device_code()})
    device.open(added["activationMessage2"])
    waiter.start()
    api.call("POST", path + "/activate", 409, json={"signature": "00000000"})
    api.call("POST", path + "/activate", json={"signature": device.signature()})
    waiter.join()
    check("what the waiter heard", heard, [{"activationStatus": "activated"}])


def in_single_steps(api):
    """The message comes before the registration."""
    api.call("PUT", "/users/hiyef@master", json={"staticPassword": PASSWORD, "userName": "Hiyef", "emailAddress": "hiyef@example.com"})
    shown = api.call("GET", "/users/hiyef%40master")
    check("the e-mail address", shown["emailAddress"], "hiyef@example.com")
    api.call("POST", "/users/josh/unregister", json={"objectType": "UnregisterUserInputEx"})
    free = api.call("GET", "/authenticators?assigned=false&type=MDL")["authenticators"][0]["serialNumber"]
    api.call("POST", f"/authenticators/{free}/assign", json={"userID": "hiyef", "domain": "master"})
    message = api.call("POST", f"/authenticators/{free}/generate-activation-message")["activationMessage"]
    device = Device(message, ANDROID)
    opened = api.call("POST", "/registrations", json={
        "userID": "hiyef", "staticPassword": PASSWORD, "activationType": "offlineMDL", "serialNumber": free, "deviceCode": device.device_code()})
    device.open(opened["activationMessage2"])
    check("the instance", opened["serialNumber"], device.name)
    api.call("POST", f"/registrations/{opened['registrationID']}/activate", json={"signature": device.signature()})
    check("the status", api.status("hiyef"), "activated")


def sent_again(api):
    """A request with the same key gets the first answer, and another is refused."""
    headers = {"Idempotency-Key": "0f1e2d3c"}
    body = {"objectType": "RegisterUserInputEx", "userID": "user3", "activationType": "onlineSDL"}
    first = api.call("POST", "/users/register", json=body, headers=headers)
    check("the answer again", api.call("POST", "/users/register", json=body, headers=headers), first)
    api.call("POST", "/users/register", 422, json=body | {"userID": "user4"}, headers=headers)


def refusals(api):
    wrong = api.call("POST", "/users/register", 400, json={"objectType": "Other", "serialNumber": "1"})
    check("what is wrong", [m["message"].split(" ")[0] for m in wrong["validationErrors"]], ["objectType", "userID", "serialNumber"])
    api.call("GET", "/users/nobody", 404)
    api.call("DELETE", "/users/register", 405)
    check("nobody's status", api.status("nobody"), "unknown")
    check("without a key", requests.get(api.base + "/users").status_code, 401)


def main():
    api = API(*sys.argv[1:3])
    in_one_call(api)
    in_single_steps(api)
    sent_again(api)
    refusals(api)
    print(f"the whole flow: {CHECKS} checks passed")


main()
