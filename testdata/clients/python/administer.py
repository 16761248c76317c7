"""A customer's program over zeep that administers: both outcomes of every
operation of the administration interface.
Usage: administer.py 'http://127.0.0.1:PORT/?wsdl=administration' NAME SERIAL
NAME is in the names of what it makes, SERIAL a free event-based authenticator
with the secret of RFC 4226."""

import sys

import zeep
from zeep.xsd import AnyObject, Boolean, Int, String, UnsignedInt

CHECKS = 0


def check(what, got, want):
    global CHECKS
    CHECKS += 1
    assert got == want, f"{what} is {got!r}, not {want!r}"


class Unsigned(int):
    """An xsd:unsignedInt."""


TYPES = {str: String(), bool: Boolean(), int: Int(), Unsigned: UnsignedInt()}


def attributes(prefix, values):
    return {"attributes": [{"value": AnyObject(TYPES[type(v)], v), "attributeID": prefix + name} for name, v in values.items()]}


def row(attributes):
    return {a.attributeID.split("_", 1)[1]: a.value for a in attributes or []}


class Administrator:
    def __init__(self, wsdl):
        self.service = zeep.Client(wsdl).service
        self.session = None

    def outcome(self, operation, status, reply):
        results = reply
        if hasattr(reply, "results"):
            results = reply.results
        print(f"{operation:<50} {results.resultCodes.statusCodeEnum}")
        check(operation, results.resultCodes.statusCodeEnum, status)
        failed = status != "STAT_SUCCESS"
        check("returnCode", results.resultCodes.returnCode, -1 if failed else 0)
        check("errors", bool(results.errorStack.errors), failed)
        return results

    def credentials(self, operation, status="STAT_SUCCESS", **values):
        reply = getattr(self.service, operation)(attributeSet=attributes("CREDFLD_", values))
        return row(self.outcome(operation, status, reply).resultAttribute.attributes)

    def execute(self, kind, cmd, status="STAT_SUCCESS", **values):
        prefix = {"userattribute": ("USERATTRIBUTE", "UATT")}.get(kind, (kind.upper(), kind.upper()))
        cmd = f"{prefix[0]}CMD_{cmd}"
        reply = getattr(self.service, kind + "Execute")(
            sessionID=self.session, cmd=cmd, attributeSet=attributes(prefix[1] + "FLD_", values))
        return row(self.outcome(cmd, status, reply).resultAttribute.attributes)

    def query(self, kind, status="STAT_SUCCESS", fields=(), **values):
        prefix = {"userattribute": "UATT"}.get(kind, kind.upper()) + "FLD_"
        reply = getattr(self.service, kind + "Query")(
            sessionID=self.session, attributeSet=attributes(prefix, values), fieldSet={"attributeID": [prefix + f for f in fields]},
            queryOptions={"rowoffset": 0, "rowcount": 10, "sortorder": "QUERYOPTIONSORTORDER_DESCENDING"})
        results = self.outcome(kind + "Query", status, reply)
        rows = [row(one.attributes) for one in results.resultAttribute.attributeList or []]
        if status == "STAT_SUCCESS":
            check("resultCount", results.resultCount, len(rows))
        return rows


def sessions(a):
    logon = dict(USERID="admin", PASSWORD_FORMAT=Unsigned(0))
    a.credentials("logon", "STAT_INVCREDENTIALS", **logon, PASSWORD="wrong")
    a.session = a.credentials("logon", **logon, PASSWORD="Password2")["SESSION_ID"]
    check("length of a session ID", len(a.session), 32)
    a.credentials("sessionalive", SESSION_ID=a.session)
    a.credentials("sessionalive", "STAT_ADMIN_SESSION_STOPPED", SESSION_ID="none")
    mine = a.service.adminSessionQuery(sessionID=a.session, attributeSet={})
    check("sessions", len(a.outcome("adminSessionQuery", "STAT_SUCCESS", mine).resultAttribute.attributeList) > 0, True)
    a.outcome("adminSessionQuery", "STAT_ADMIN_SESSION_STOPPED", a.service.adminSessionQuery(sessionID="none", attributeSet={}))


def domains(a, name):
    a.execute("domain", "CREATE", DOMAIN=name, DESCRIPTION="a branch")
    a.execute("domain", "CREATE", "STAT_EXISTS", DOMAIN=name)
    check("domains", a.query("domain", fields=["DOMAIN", "DESCRIPTION"], DOMAIN=name), [{"DOMAIN": name, "DESCRIPTION": "a branch"}])
    a.query("domain", "STAT_INVDATA", MASTERDOMAIN="perhaps")
    a.execute("orgunit", "CREATE", DOMAIN=name, ORGANIZATIONAL_UNIT="sales")
    a.execute("orgunit", "CREATE", "STAT_EXISTS", DOMAIN=name, ORGANIZATIONAL_UNIT="sales")
    check("units", len(a.query("orgunit", DOMAIN=name)), 1)
    a.query("orgunit", "STAT_INVPARAM", UNIT="sales")
    a.execute("orgunit", "DELETE", DOMAIN=name, ORGANIZATIONAL_UNIT="sales")
    a.execute("domain", "DELETE", DOMAIN=name)


def users(a, name):
    who = dict(USERID=name, DOMAIN="master")
    modes = dict(LOCAL_AUTH="Digipass Only", BACKEND_AUTH="None", DISABLED=False, LOCKED=False)
    made = a.execute("user", "CREATE", **who, **modes, USERNAME="Zoë", PASSWORD="NothingToSeeHere.1")
    check("user", (made["LOCAL_AUTH"], made["USERNAME"], made["DISABLED"], made["PASSWORD"]), ("Digipass Only", "Zoë", False, "********"))
    a.execute("user", "CREATE", "STAT_EXISTS", **who, **modes)
    a.execute("user", "VIEW", "STAT_NOT_FOUND", USERID=name + "-none", DOMAIN="master")
    check("users", a.query("user", fields=["USERID", "HAS_DP"], USERID=name + "*"), [{"USERID": name, "HAS_DP": "Unassigned"}])
    a.query("user", "STAT_INVDATA", HAS_DP="Antani")
    attribute = dict(**who, ATTR_GROUP="radius", NAME="Class", VALUE="staff", OPTIONS=Unsigned(1))
    a.execute("userattribute", "CREATE", **attribute)
    a.execute("userattribute", "CREATE", "STAT_EXISTS", **attribute)
    check("attributes", a.query("userattribute", fields=["NAME", "OPTIONS"], **who), [{"NAME": "Class", "OPTIONS": 1}])
    a.query("userattribute", "STAT_INVDATA", OPTIONS="many")


def authenticators(a, name, serial):
    given = dict(SERNO=serial, ASSIGNED_USERID=name, DOMAIN="master", GRACE_PERIOD_DAYS=3)
    check("holder", a.execute("digipass", "ASSIGN", **given)["ASSIGNED_USERID"], name)
    a.execute("digipass", "ASSIGN", "STAT_DIGIPASS_NOT_AVAILABLE", **given)
    check("authenticators", a.query("digipass", fields=["SERNO", "ASSIGN_STATUS"], SERNO=serial), [{"SERNO": serial, "ASSIGN_STATUS": "Assigned"}])
    a.query("digipass", "STAT_INVDATA", ASSIGN_STATUS="Antani")
    a.execute("digipassappl", "SET_PIN", SERNO=serial, NEW_PIN="4321", NEW_PIN_CONF="4321")
    a.execute("digipassappl", "SET_PIN", "STAT_DPERROR", SERNO=serial, NEW_PIN="123456789", NEW_PIN_CONF="123456789")
    for response, code in [("4321755224", "0"), ("4321755224", "1")]:
        check("result", a.execute("digipassappl", "TEST_OTP", SERNO=serial, RESPONSE=response)["RESULT_CODE"], code)
    check("holder", a.execute("digipass", "UNASSIGN", SERNO=serial).get("ASSIGNED_USERID"), None)
    a.execute("digipass", "UNASSIGN", "STAT_ERROR", SERNO=serial)


def main(wsdl, name, serial):
    a = Administrator(wsdl)
    sessions(a)
    domains(a, name)
    users(a, name)
    authenticators(a, name, serial)
    a.execute("user", "DELETE", USERID=name, DOMAIN="master")
    a.credentials("logoff", SESSION_ID=a.session)
    a.credentials("logoff", "STAT_ADMIN_SESSION_STOPPED", SESSION_ID=a.session)
    print(f"the whole flow: {CHECKS} checks passed")


main(*sys.argv[1:])
