"""A customer's program over zeep that logs users of the sample data in and has
them sign: both outcomes of every operation of the authentication and the
signature interface.
Usage: login.py 'http://127.0.0.1:PORT/?wsdl=authentication'"""

import sys

import zeep
from zeep.xsd import AnyObject, String, UnsignedInt

CHECKS = 0


def check(what, got, want):
    global CHECKS
    CHECKS += 1
    assert got == want, f"{what} is {got!r}, not {want!r}"


def attributes(values, prefix="CREDFLD_"):
    types = {int: UnsignedInt(), str: String()}
    return {"attributes": [
        {"attributeID": prefix + name, "value": AnyObject(types[type(value)], value)} for name, value in values.items()]}


def call(client, operation, dataFieldList=None, **values):
    if operation in ("genRequest", "authSignature"):
        more = {"dataFieldList": dataFieldList} if dataFieldList else {}
        reply = getattr(client.service, operation)(attributeSet=attributes(values, "SIGNFLD_"), **more)
    else:
        reply = getattr(client.service, operation)(credentialAttributeSet=attributes(values))
    results = getattr(reply, "results", reply)
    print(f"{operation:<30} {results.resultCodes.statusCodeEnum}")
    return results, {a.attributeID: a.value for a in results.resultAttribute.attributes or []}


def granted(client, operation, **values):
    results, got = call(client, operation, **values)
    check("returnCode", (results.resultCodes.returnCode, results.resultCodes.statusCode), (0, 0))
    check("errors", results.errorStack.errors or [], [])
    check("a message on success", [name for name in got if name.endswith("STATUS_MESSAGE")], [])
    return got


def refused(client, status, operation, **values):
    results, got = call(client, operation, **values)
    check("statusCodeEnum", results.resultCodes.statusCodeEnum, status)
    check("returnCode", results.resultCodes.returnCode, -1)
    check("errorCode", results.errorStack.errors[0].errorCode, results.resultCodes.statusCode)
    check("message", got.get("CREDFLD_STATUS_MESSAGE") or got["SIGNFLD_STATUS_MESSAGE"], results.errorStack.errors[0].errorDesc)


def scan(client):
    who = dict(COMPONENT_TYPE="SOAP Auth Client", USERID="user7")
    got = granted(client, "getSecureChallenge", **who, CHALLENGE_MESSAGE="From Vienna?")
    check("what the device is sent", (got["CREDFLD_SERIAL_NO"], got["CREDFLD_REQUEST_MESSAGE"][:4]), ("VDS1000150", "0103"))
    key = got["CREDFLD_CHALLENGE_KEY"]
    granted(client, "cancelAuthUser", **who, CHALLENGE_KEY=key)
    refused(client, "STAT_NOT_FOUND", "cancelAuthUser", **who, CHALLENGE_KEY=key)
    refused(client, "STAT_EXP_CHALLENGE", "authUser", **who, PASSWORD_FORMAT=0, PASSWORD="1234000000", CHALLENGE_KEY=key)
    refused(client, "STAT_MISSINGFLD", "getSecureChallenge", **who)


def sign(client):
    who = dict(COMPONENT_TYPE="SOAP Auth Client", USERID="user7")
    # What an authenticator with the secret of RFC 4226 makes of these fields by its
    # next event but one.
    signed = dict(DATA_FIELD_1="DE89370400440532013000", DATA_FIELD_2="100.00", DATA_FIELD_3="EUR", SIGNATURE="494511")
    got = granted(client, "authSignature", **who, **signed)
    check("who signed", (got["SIGNFLD_USERID"], got["SIGNFLD_SERIAL_NO"], got["SIGNFLD_VERIFIED_EVENT_VALUE"]), ("user7", "VDS1000150", 2))
    refused(client, "STAT_INVCREDENTIALS", "authSignature", **who, **signed)
    fields = {"dataField": [{"key": "AMT", "value": "100.00"}, {"key": "CCY", "value": "EUR"}]}
    got = granted(client, "genRequest", dataFieldList=fields, **who, TRANSACTION_TITLE="Pay")
    check("what the device is sent", got["SIGNFLD_REQUEST_MESSAGE"][:4], "0104")
    key = got["SIGNFLD_REQUEST_KEY"]
    refused(client, "STAT_INVCREDENTIALS", "authSignature", **who, REQUEST_KEY=key, SIGNATURE="000000")
    refused(client, "STAT_EXP_CHALLENGE", "authSignature", **who, REQUEST_KEY=key, SIGNATURE="000000")
    refused(client, "STAT_INVPARAM", "genRequest", **who)


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
    scan(client)
    sign(zeep.Client(wsdl.replace("authentication", "signature")))
    print(f"the whole flow: {CHECKS} checks passed")


main(sys.argv[1])
