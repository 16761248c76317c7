"""A customer's program over zeep: takes users of the sample data through
whole activations, checks every field of every reply, and meets the refusals
and the faults. Usage: client.py http://127.0.0.1:PORT/?wsdl"""

import sys
import time

import zeep
from zeep.exceptions import Fault

import dsapp

PROVISIONING = "{http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning}"


class Rename(zeep.Plugin):
    """Sends another operation than the one that the program called."""

    def __init__(self, name):
        self.name = name

    def egress(self, envelope, headers, operation, options):
        envelope.find("{*}Body")[0].tag = PROVISIONING + self.name
        return envelope, headers


class Customer:
    def __init__(self, wsdl):
        self.wsdl = wsdl
        self.client = zeep.Client(wsdl)
        self.checks = 0

    def check(self, what, got, want):
        self.checks += 1
        if got != want:
            raise AssertionError("%s is %r, not %r" % (what, got, want))

    def call(self, operation, **fields):
        reply = self.client.service[operation](**fields)
        print("%-30s %s" % (operation, reply.status.resultCodes.statusCodeEnum))
        return reply

    def granted(self, operation, **fields):
        reply = self.call(operation, **fields)
        codes = reply.status.resultCodes
        self.check(operation + " returnCode", codes.returnCode, 0)
        self.check(operation + " statusCode", codes.statusCode, 0)
        self.check(operation + " returnCodeEnum", codes.returnCodeEnum, "RET_SUCCESS")
        self.check(operation + " statusCodeEnum", codes.statusCodeEnum, "STAT_SUCCESS")
        self.check(operation + " errors", reply.status.errorStack.errors, [])
        return reply.result

    def refused(self, code, name, operation, **fields):
        reply = self.call(operation, **fields)
        codes = reply.status.resultCodes
        self.check(operation + " returnCode", codes.returnCode, -1)
        self.check(operation + " returnCodeEnum", codes.returnCodeEnum, "RET_FAILURE")
        self.check(operation + " statusCode", codes.statusCode, code)
        self.check(operation + " statusCodeEnum", codes.statusCodeEnum, name)
        self.check(operation + " result", reply.result, None)
        errors = reply.status.errorStack.errors
        self.check(operation + " error codes", [error.errorCode for error in errors], [code])
        self.check(operation + " has words", bool(errors[0].errorDesc), True)
        return errors[0].errorDesc

    def registration(self, user_id, password="Password2", component="srp-component", **fields):
        return dict(componentType=component, user={"userID": user_id, "domain": "master"},
                    credential={"staticPassword": password}, **fields)

    def register(self, user_id, serial, **fields):
        result = self.granted("dsappSRPRegister", **self.registration(user_id, **fields))
        self.check("result's type", type(result).__name__, "DSAPPSRPRegisterResult2")
        self.check("registrationID's length", len(result.registrationID), 8)
        self.check("activationPassword's length", len(result.activationPassword), 8)
        self.check("digipassGatewayID", result.digipassGatewayID, "0123456789")
        self.check_holder(result, user_id, serial)
        return result

    def check_holder(self, result, user_id, serial, org_unit=None):
        self.check("userID", result.user.userID, user_id)
        self.check("domain", result.user.domain, "master")
        self.check("orgUnit", result.user.orgUnit, org_unit)
        self.check("serialNumber", result.serialNumber, serial)

    def generate_ephemeral_key(self, registration):
        exchange = dsapp.Exchange(registration.registrationID, registration.activationPassword)
        result = self.granted(
            "dsappSRPGenerateEphemeralKey", componentType="srp-component",
            registrationID=registration.registrationID, clientEphemeralPublicKey=exchange.public_key())
        self.check("B's length", len(result.serverEphemeralPublicKey), 512)
        self.check("salt's length", len(result.salt), 32)
        exchange.prove(result.salt, result.serverEphemeralPublicKey)
        return exchange

    def proof(self, registration, evidence):
        return dict(componentType="srp-component", registrationID=registration.registrationID,
                    clientEvidenceMessage=evidence.hex())

    def activation_data(self, registration, exchange):
        """Returns the two opened items."""
        result = self.granted("dsappSRPGenerateActivationData", **self.proof(registration, exchange.M1))
        self.check("mdl", result.mdl, None)
        exchange.confirm(result.serverEvidenceMessage)
        items = result.standard
        self.check("counters differ", items.activationCode.encryptedCounter
                   != items.eventReactivationCounter.encryptedCounter, True)
        return [exchange.open(name, items[name].encryptedData, items[name].encryptedCounter, items[name].mac)
                for name in ("activationCode", "eventReactivationCounter")]

    def deliver(self, registration):
        return self.activation_data(registration, self.generate_ephemeral_key(registration))

    def credential(self, registration, component="srp-component", **credential):
        return dict(componentType=component, registrationID=registration.registrationID, credential=credential)

    def activate(self, registration, user_id, serial, **credential):
        result = self.granted("dsappSRPActivate", **self.credential(registration, **credential))
        self.check_holder(result, user_id, serial)

    def wrong_credentials(self, operation, **fields):
        return self.refused(1000, "STAT_INVCREDENTIALS", operation, **fields)


def bind_the_device(customer):
    """Online data, a derivation code, its repetition, and the next phone's delivery."""
    registration = customer.register("user1", "VDS1000140", activationType=0)
    uri, counter = customer.deliver(registration)
    phone = dsapp.Authenticator.from_uri(uri)
    customer.check("what the URI says", [phone.kind, phone.algorithm, phone.digits, phone.serial],
                   ["totp", "SHA256", 6, "VDS1000140"])
    customer.check("whom the URI names", [phone.domain, phone.user_id, phone.issuer], ["master", "user1", "master"])
    customer.check("eventReactivationCounter", counter, phone.reactivation_counter())
    step = int(time.time()) // 30
    code = phone.derive(b"a fingerprint \x00\xff", step)
    customer.activate(registration, "user1", "VDS1000140", derivationCode=code)
    customer.activate(registration, "user1", "VDS1000140", derivationCode=code)

    registration = customer.register("user1", "VDS1000140", activationType=0, serialNumber="VDS1000140")
    uri, _ = customer.deliver(registration)
    customer.check("secret after the binding", dsapp.Authenticator.from_uri(uri).secret, phone.secret)
    customer.wrong_credentials("dsappSRPActivate", **customer.credential(registration, response=phone.otp(step)))
    customer.activate(registration, "user1", "VDS1000140", response=phone.otp(step + 1))


def count_events(customer):
    """An authenticator that counts: the counter goes on where it was."""
    for counter in (0, 1):
        registration = customer.register("user4", "VDS1000143", activationType=0)
        uri, reactivation_counter = customer.deliver(registration)
        phone = dsapp.Authenticator.from_uri(uri)
        customer.check("what the URI says", [phone.kind, phone.algorithm, phone.digits, phone.moving_factor],
                       ["hotp", "SHA512", 8, counter])
        customer.check("eventReactivationCounter", reactivation_counter, "%03d" % counter)
        customer.activate(registration, "user4", "VDS1000143", response=phone.otp(counter))


def activate_offline(customer):
    """No activationType: as the authenticator's own configuration says, an activation code."""
    registration = customer.register("user5", "VDS1000144")
    code, counter = customer.deliver(registration)
    customer.check("eventReactivationCounter", counter, "000")
    phone = dsapp.Authenticator.from_activation_code(code, registration.serialNumber)
    customer.activate(registration, "user5", "VDS1000144", response=phone.otp(int(time.time()) // 30))


def activate_directly(customer):
    """A phone that holds its secret already needs no exchange: RFC 4226, appendix D."""
    for response in ("755224", "287082"):
        registration = customer.register("user2", "VDS1000141", component="srp-direct")
        customer.activate(registration, "user2", "VDS1000141", component="srp-direct", response=response)


def reach_beyond_ascii(customer):
    """A user whom the test has added to the sample data."""
    result = customer.granted("dsappSRPRegister", **customer.registration("jürgen", "Grüße & <€>"))
    customer.check_holder(result, "jürgen", "VDS1000145", org_unit="Büro & <Söhne>")


def serve_the_app(customer):
    """The commands beside the activation, for user1's authenticator."""
    holder = dict(componentType="srp-component", user={"userID": "user1", "domain": "master"},
                  serialNumber="VDS1000140")
    result = customer.granted("getAppUpgradeInfo", **holder)
    customer.check("upgradeMessage", bytes.fromhex(result.upgradeMessage), b"01;02;user1;master;0123456789")
    # Of a response with one child zeep gives the child.
    status = customer.client.service.updateDevicePNID(devicePNID="0A0BFF", **holder)
    customer.check("updateDevicePNID's status", status.resultCodes.statusCodeEnum, "STAT_SUCCESS")
    customer.refused(-13, "STAT_NOT_FOUND", "getAppUpgradeInfo", **dict(holder, serialNumber="VDS1000149"))


def attributes(**values):
    """A command's attributes, each under the type that docs/commands.md gives."""
    return {"attributes": [
        {"value": zeep.xsd.AnyObject(zeep.xsd.UnsignedInt() if isinstance(value, int) else zeep.xsd.String(), value),
         "attributeID": "PROVFLD_" + name} for name, value in values.items()]}


def execute_commands(customer):
    """Commands, whose replies are attributes, in the order of their table."""
    user = dict(COMPONENT_TYPE="srp-component", USERID="user1", STATIC_PASSWORD="Password2", ACTIVATION_TYPE=0)
    # Of a response with one child zeep gives the child.
    results = customer.client.service.provisioningExecute(
        cmd="PROVISIONCMD_DSAPPREGISTER", attributeSet=attributes(**user))
    customer.check("statusCodeEnum", results.resultCodes.statusCodeEnum, "STAT_SUCCESS")
    replied = {a.attributeID: a.value for a in results.resultAttribute.attributes}
    customer.check("PROVFLD_SERIAL_NO", replied["PROVFLD_SERIAL_NO"], "VDS1000140")
    customer.check("masked", [a.attributeID for a in results.resultAttribute.attributes
                              if a.attributeOptions and a.attributeOptions.masked], ["PROVFLD_ACTIVATION_PASSWORD"])
    for name, fields, code in (("a wrong type", dict(user, ACTIVATION_TYPE="0"), -2),
                               ("a wrong password", dict(user, STATIC_PASSWORD="wrong"), 1000),
                               ("what the policy forbids", dict(user), 1005)):
        command = "PROVISIONCMD_REGISTER" if code == 1005 else "PROVISIONCMD_DSAPPREGISTER"
        results = customer.client.service.provisioningExecute(cmd=command, attributeSet=attributes(**fields))
        customer.check(name, results.resultCodes.statusCode, code)


def meet_refusals(customer):
    wrong = customer.wrong_credentials("dsappSRPRegister", **customer.registration("user3", "Grüße & <€>"))
    unknown = customer.wrong_credentials("dsappSRPRegister", **customer.registration("nobody"))
    customer.check("words for an unknown user", unknown, wrong)
    customer.refused(1005, "STAT_PERMISSION", "dsappSRPRegister",
                     **customer.registration("user3", component="no <such> component"))
    customer.refused(-13, "STAT_NOT_FOUND", "dsappSRPRegister",
                     **customer.registration("user3", serialNumber="VDS1000140"))
    customer.refused(-2, "STAT_INVPARAM", "dsappSRPRegister", **customer.registration("user3", serialNumber="1"))

    registration = customer.register("user3", "VDS1000142", activationType=7)
    customer.refused(-1, "STAT_ERROR", "dsappSRPGenerateActivationData", **customer.proof(registration, bytes(32)))
    customer.refused(-1, "STAT_ERROR", "dsappSRPActivate", **customer.credential(registration, response="000000"))
    customer.refused(-2, "STAT_INVPARAM", "dsappSRPGenerateEphemeralKey", componentType="srp-component",
                     registrationID=registration.registrationID, clientEphemeralPublicKey="0")
    customer.generate_ephemeral_key(registration)
    customer.wrong_credentials("dsappSRPGenerateActivationData", **customer.proof(registration, bytes(32)))
    uri, _ = customer.deliver(registration)
    customer.check("form of the data", uri.startswith("otpauth://totp/master:user3?"), True)
    registration.registrationID = "no such"
    customer.refused(-13, "STAT_NOT_FOUND", "dsappSRPActivate", **customer.credential(registration, response="000000"))


def meet_faults(customer):
    renamed = zeep.Client(customer.wsdl, plugins=[Rename("dsappSRPForget")])
    try:
        renamed.service.dsappSRPRegister(**customer.registration("user3"))
    except Fault as fault:
        print("%-30s %s: %s" % ("dsappSRPForget", fault.code, fault.message))
        customer.check("fault's code", fault.code.split(":")[-1], "Client")
        customer.check("fault says where to look", "?wsdl" in fault.message, True)
    else:
        raise AssertionError("an unknown operation was no fault")
    reply = customer.client.transport.post(
        customer.client.service._binding_options["address"], "no XML at all",
        {"Content-Type": "text/xml; charset=utf-8"})
    customer.check("HTTP status of a fault", reply.status_code, 500)
    customer.check("a fault is XML", b"faultcode>" in reply.content, True)


def main():
    customer = Customer(sys.argv[1])
    for part in (bind_the_device, count_events, activate_offline, activate_directly,
                 reach_beyond_ascii, serve_the_app, execute_commands, meet_refusals, meet_faults):
        print("-- " + part.__name__.replace("_", " "))
        part(customer)
    print("the whole flow: %d checks passed" % customer.checks)


main()
