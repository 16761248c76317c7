"""A customer's program over zeep that logs users of the sample data in: both
outcomes of every operation of the authentication interface.
Usage: login.py 'http://127.0.0.1:PORT/?wsdl=authentication'"""

import sys

import zeep
from zeep.xsd import AnyObject, String, UnsignedInt

CHECKS = 0


def check(what, got, want):
    global CHECKS
    CHECKS += 1
    assert got == want, f"{what} is {got!r}, not {want!r}"


def attributes(values):
    types = {int: UnsignedInt(), str: String()}
    return {"attributes": [
        {"attributeID": "CREDFLD_" + name, "value": AnyObject(types[type(value)], value)} for name, value in values.items()]}


def call(client, operation, **values):
    reply = getattr(client.service, operation)(credentialAttributeSet=attributes(values))
    results = getattr(reply, "results", reply)
    print(f"{operation:<30} {results.resultCodes.statusCodeEnum}")
    return results, {a.attributeID: a.value for a in results.resultAttribute.attributes or []}


def granted(client, operation, **values):
    results, got = call(client, operation, **values)
    check("returnCode", (results.resultCodes.returnCode, results.resultCodes.statusCode), (0, 0))
    check("errors", results.errorStack.errors or [], [])
    check("a message on success", "CREDFLD_STATUS_MESSAGE" in got, False)
    return got


def refused(client, status, operation, **values):
    results, got = call(client, operation, **values)
    check("statusCodeEnum", results.resultCodes.statusCodeEnum, status)
    check("returnCode", results.resultCodes.returnCode, -1)
    check("errorCode", results.errorStack.errors[0].errorCode, results.resultCodes.statusCode)
    check("message", got["CREDFLD_STATUS_MESSAGE"], results.errorStack.errors[0].errorDesc)


def main(wsdl):
    client = zeep.Client(wsdl)
    login = dict(COMPONENT_TYPE="SOAP Auth Client", PASSWORD_FORMAT=0)
    got = granted(client, "authUser", **login, USERID="user7", PASSWORD="1234755224")
    check("who", (got["CREDFLD_USERID"], got["CREDFLD_DOMAIN"], got["CREDFLD_SERIAL_NO"]), ("user7", "master", "VDS1000150"))
    refused(client, "STAT_OTP_INCORRECT", "authUser", **login, USERID="user7", PASSWORD="1234755224")
    refused(client, "STAT_GRACE_PERIOD_EXPIRED", "authUser", **login, USERID="user7", PASSWORD="Password2")
    got = granted(client, "authUser", **login, USERID="user1", PASSWORD="Password2")
    check("serial number of a password", "CREDFLD_SERIAL_NO" in got, False)
    refused(client, "STAT_MISSINGFLD", "authUser", USERID="user1", PASSWORD_FORMAT=0, PASSWORD="Password2")
    got = granted(client, "getChallenge", COMPONENT_TYPE="SOAP Auth Client", USERID="user7")
    check("length of the challenge", (len(got["CREDFLD_CHALLENGE"]), len(got["CREDFLD_CHALLENGE_KEY"])), (8, 10))
    refused(client, "STAT_PERMISSION", "getChallenge", COMPONENT_TYPE="srp-component")
    update = dict(COMPONENT_TYPE="SOAP Auth Client", USERID="user3", NEW_STATIC_PASSWORD="Frupper.1", CONFIRM_STATIC_PASSWORD="Frupper.1")
    refused(client, "STAT_INVCREDENTIALS", "updatePassword", **update, STATIC_PASSWORD="wrong")
    granted(client, "updatePassword", **update, STATIC_PASSWORD="Password2")
    granted(client, "authUser", **login, USERID="user3", PASSWORD="Frupper.1")
    print(f"the whole flow: {CHECKS} checks passed")


main(sys.argv[1])
