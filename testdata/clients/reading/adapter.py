"""A customer's program that reads replies as PowerShell's XML adapter does: an
element of text alone is that text, and one with attributes too is an object whose
text is under '#text'. Texts are compared as they are.
Usage: adapter.py URL NAME SERIAL"""

import sys
import urllib.request
from xml.etree import ElementTree

NAMESPACE = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/"
CHECKS = 0


def check(what, got, want):
    global CHECKS
    CHECKS += 1
    assert got == want, f"{what} is {got!r}, not {want!r}"


def adapted(element):
    """The element as the adapter shows it: a text, or members by local names, a
    list for what is repeated."""
    if not element.attrib and not len(element):
        return element.text or ""
    members = {}
    if element.text and not len(element):
        members["#text"] = element.text
    for child in element:
        name = child.tag.rsplit("}", 1)[-1]
        value = adapted(child)
        if name not in members:
            members[name] = value
        elif isinstance(members[name], list):
            members[name].append(value)
        else:
            members[name] = [members[name], value]
    return members


def many(value):
    return value if isinstance(value, list) else [value]


def attributes(prefix, pairs):
    types = {"PASSWORD_FORMAT": "unsignedInt", "GRACE_PERIOD_DAYS": "unsignedInt", "DISABLED": "boolean", "LOCKED": "boolean", "EXPIRED": "boolean"}
    return "".join(
        f'<attributes>\n<value xsi:type="xsd:{types.get(name, "string")}">{value}</value>\n<attributeID>{prefix}{name}</attributeID>\n</attributes>\n'
        for name, value in pairs.items())


class Client:
    def __init__(self, url):
        self.url, self.session = url, ""

    def call(self, interface, operation, inner, want="RET_SUCCESS;STAT_SUCCESS"):
        body = f"""<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:adm="{NAMESPACE}{interface}"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<soapenv:Header/>
<soapenv:Body>
<adm:{operation}>
{inner}
</adm:{operation}>
</soapenv:Body>
</soapenv:Envelope>"""
        request = urllib.request.Request(self.url, body.encode(), {"Content-Type": "text/xml"})
        with urllib.request.urlopen(request) as reply:  # it throws on 4xx and 5xx
            document = adapted(ElementTree.fromstring(reply.read()))
        root = document["Body"][operation + "Response"]
        results = root.get("authUserResults", root)["results"]
        codes = results["resultCodes"]
        shown = f"{codes['returnCodeEnum']};{codes['statusCodeEnum']}"
        print(f"{operation:<30} {shown}")
        check(operation, shown, want)
        check("returnCode", codes["returnCode"] != "0", want != "RET_SUCCESS;STAT_SUCCESS")
        if codes["returnCode"] != "0":
            for error in many(results["errorStack"]["errors"]):
                check("error", (error["errorCode"] == codes["statusCode"], error["errorDesc"] != ""), (True, True))
        return results["resultAttribute"]

    def row(self, found):
        return {a["attributeID"]: a["value"]["#text"] for a in many(found.get("attributes", []))}

    def administer(self, operation, cmd, prefix, pairs, want="RET_SUCCESS;STAT_SUCCESS", more=""):
        command = f"<cmd>{cmd}</cmd>\n" if cmd else ""
        return self.call("Administration", operation,
                         f"<sessionID>{self.session}</sessionID>\n{command}<attributeSet>\n{attributes(prefix, pairs)}</attributeSet>\n{more}", want)


def main(url, name, serial):
    c = Client(url)
    logon = dict(USERID="admin", PASSWORD="Password2", PASSWORD_FORMAT=0)
    found = c.call("Administration", "logon", f"<attributeSet>{attributes('CREDFLD_', logon)}</attributeSet>")
    c.session = c.row(found)["CREDFLD_SESSION_ID"]
    who = dict(USERID=name, DOMAIN="master")
    none = "<adminDomainInfoList/>"
    user = dict(who, USERNAME="", EMAIL="", MOBILE="017", DESCRIPTION="", PASSWORD="Frupper.1", LOCAL_AUTH="DIGIPASS or Password", BACKEND_AUTH="Default",
                DISABLED="false", LOCKED="true", OFFLINE_AUTH_ENABLED="", PHONE="", ORGANIZATIONAL_UNIT="")
    row = c.row(c.administer("userExecute", "USERCMD_CREATE", "USERFLD_", user, more=none))
    check("mobile", (row["USERFLD_MOBILE"], row["USERFLD_LOCKED"], "USERFLD_EMAIL" in row), ("017", "true", False))
    for cmd in ["UNLOCK", "DISABLE", "ENABLE", "RESET_LAST_AUTH_TIME"]:
        row = c.row(c.administer("userExecute", f"USERCMD_{cmd}", "USERFLD_", who, more=none))
    check("locked", (row["USERFLD_LOCKED"], row["USERFLD_DISABLED"]), ("false", "false"))
    c.administer("userExecute", "USERCMD_RESET_PASSWORD", "USERFLD_", dict(who, NEW_PASSWORD="Lallero.3", CONFIRM_NEW_PASSWORD="Lallero.3"), more=none)
    c.administer("userExecute", "USERCMD_VIEW", "USERFLD_", dict(who, USERID=name + "-none"), "RET_FAILURE;STAT_NOT_FOUND", none)

    options = "<fieldSet/>\n<queryOptions>\n<sortorder>QUERYOPTIONSORTORDER_DESCENDING</sortorder>\n<rowcount>1</rowcount>\n</queryOptions>"
    free = dict(DPTYPE="HOTP", DOMAIN="master", ASSIGN_STATUS="Unassigned", EXPIRED="false", SERNO=serial)
    found = c.administer("digipassQuery", "", "DIGIPASSFLD_", free, more=options)
    check("free", [c.row(one)["DIGIPASSFLD_SERNO"] for one in many(found["attributeList"])], [serial])
    found = c.administer("digipassExecute", "DIGIPASSCMD_ASSIGN", "DIGIPASSFLD_",
                         dict(ASSIGNED_USERID=name, GRACE_PERIOD_DAYS=7, SERNO=serial, DOMAIN="master"))
    check("holder", c.row(found)["DIGIPASSFLD_ASSIGNED_USERID"], name)
    found = c.administer("domainQuery", "", "DOMAINFLD_", {}, more="<fieldSet/>")
    check("domains", "master" in [c.row(one)["DOMAINFLD_DOMAIN"] for one in many(found["attributeList"])], True)

    def log_in(password, want):
        login = dict(COMPONENT_TYPE="SOAP Auth Client", USERID=name, PASSWORD_FORMAT=0, PASSWORD=password)
        return c.row(c.call("Authentication", "authUser", f"<credentialAttributeSet>{attributes('CREDFLD_', login)}</credentialAttributeSet>", want))

    check("serial number", log_in("755224", "RET_SUCCESS;STAT_SUCCESS")["CREDFLD_SERIAL_NO"], serial)
    check("message", log_in("wrong", "RET_FAILURE;STAT_LOCAL_PASSWORD_MISMATCH")["CREDFLD_STATUS_MESSAGE"] != "", True)
    c.administer("digipassExecute", "DIGIPASSCMD_UNASSIGN", "DIGIPASSFLD_", dict(SERNO=serial, DOMAIN="master"))
    c.administer("userExecute", "USERCMD_DELETE", "USERFLD_", who, more=none)
    logoff = f"<attributeSet>{attributes('CREDFLD_', dict(SESSION_ID=c.session))}</attributeSet>"
    c.call("Administration", "logoff", logoff)
    c.call("Administration", "logoff", logoff, "RET_FAILURE;STAT_ADMIN_SESSION_STOPPED")
    print(f"the whole flow: {CHECKS} checks passed")


main(*sys.argv[1:])
