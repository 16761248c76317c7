"""A customer's program over zeep: takes users of the sample data through
whole activations, checks every field of every reply, and meets the refusals
and the faults. Usage: client.py http://127.0.0.1:PORT/?wsdl [any-order]

With any-order, which a strict server does not take, commands are also sent
with their attributes' children in the order that the schema does not have.
The environment's CLIENT_CERTIFICATE may name a file with a certificate and its
key, which are shown over TLS."""

import os
import sys
import time

import requests
import zeep
from lxml import etree
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


class Swap(zeep.Plugin):
    """Writes the children of each attribute of a command the other way round."""

    def egress(self, envelope, headers, operation, options):
        for attribute in envelope.iter("attributes"):
            attribute[:] = reversed(attribute)
        return envelope, headers


class Fetch(etree.Resolver):
    """Fetches what a schema imports, which lxml does not do over TLS."""

    def __init__(self, transport):
        self.transport = transport

    def resolve(self, url, public_id, context):
        return self.resolve_string(self.transport.load(url), context)


class Validate(zeep.Plugin):
    """Holds every reply and the detail of every fault to the served schemas, xsi:type and all."""

    def __init__(self, transport, address):
        parser = etree.XMLParser()
        parser.resolvers.add(Fetch(transport))
        address += "?xsd=Provisioning.xsd"
        self.schema = etree.XMLSchema(etree.fromstring(transport.load(address), parser, base_url=address))

    def ingress(self, envelope, headers, operation):
        for element in envelope.iter(PROVISIONING + "*"):
            self.schema.assertValid(element)
        return envelope, headers


class Customer:
    def __init__(self, wsdl, any_order):
        self.wsdl = wsdl
        session = requests.Session()
        session.cert = os.environ.get("CLIENT_CERTIFICATE")
        self.transport = zeep.Transport(session=session)
        address = zeep.Client(wsdl, transport=self.transport).service._binding_options["address"]
        self.validate = Validate(self.transport, address)
        self.client = self.program()
        # What sends commands: twice, so that each flow has gone both ways.
        self.senders = [self.client, self.program(Swap()) if any_order else self.client]
        self.checks = 0

    def program(self, *plugins):
        return zeep.Client(self.wsdl, transport=self.transport, plugins=[self.validate, *plugins])

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

    def execute(self, sender, command, code, **values):
        """Runs a command; the attributes of its reply by their names."""
        # Of a response with one child zeep gives the child.
        results = sender.service.provisioningExecute(cmd="PROVISIONCMD_" + command, attributeSet=attributes(**values))
        print("%-30s %s" % (command, results.resultCodes.statusCodeEnum))
        self.check(command + " returnCode", results.resultCodes.returnCode, 0 if code == 0 else -1)
        self.check(command + " statusCode", results.resultCodes.statusCode, code)
        self.check(command + " error codes", [e.errorCode for e in results.errorStack.errors], [code] if code else [])
        replied = results.resultAttribute.attributes
        self.check(command + " masked", [a.attributeID for a in replied if a.attributeOptions and a.attributeOptions.masked],
                   [a.attributeID for a in replied if a.attributeID[8:] in MASKED])
        return {a.attributeID[8:]: a.value for a in replied}

    def check_attributes(self, replied, user_id, serial):
        self.check("whose it is", [replied.get(name) for name in ("USERID", "DOMAIN", "SERIAL_NO")],
                   [user_id, "master", serial])

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


# What docs/commands.md marks as masked.
MASKED = {"STATIC_PASSWORD", "ACTIVATION_CODE", "DP_RESPONSE", "DERIVATION_CODE", "ACTIVATION_PASSWORD",
          "ACTIVATION_MESSAGE", "DEVICE_CODE", "ACTIVATION_MESSAGE2", "SIGNATURE"}


def attributes(**values):
    """A command's attributes, each under the type that docs/commands.md gives."""
    return {"attributes": [
        {"value": zeep.xsd.AnyObject(zeep.xsd.UnsignedInt() if isinstance(value, int) else zeep.xsd.String(), value),
         "attributeID": "PROVFLD_" + name, "attributeOptions": {"masked": True} if name in MASKED else None}
        for name, value in values.items()]}


def account(user_id, component, **more):
    return dict(COMPONENT_TYPE=component, USERID=user_id, STATIC_PASSWORD="Password2", **more)


def activate_outside_srp(customer):
    """The activation data in the clear, on this machine: a derivation code and its repetition, then a response."""
    who = dict(COMPONENT_TYPE="srp-direct", USERID="user4", DOMAIN="master")
    for sender in customer.senders:
        replied = customer.execute(sender, "REGISTER", 0, **account("user4", "srp-direct", ACTIVATION_TYPE=0, REQUEST_TYPE=0))
        customer.check_attributes(replied, "user4", "VDS1000143")
        phone = dsapp.Authenticator.from_uri(replied["ACTIVATION_CODE"])
        customer.execute(sender, "ACTIVATE", 1000, DP_RESPONSE="00000000", **who)
        code = phone.derive(b"a fingerprint", phone.moving_factor)
        for _ in "and its repetition":
            replied = customer.execute(sender, "ACTIVATE", 0, DERIVATION_CODE=code, **who)
            customer.check_attributes(replied, "user4", "VDS1000143")
        customer.execute(sender, "ACTIVATE", -13, DP_RESPONSE=phone.otp(phone.moving_factor + 1), **who)
        customer.execute(sender, "REGISTER", 0, **account("user4", "srp-direct"))
        customer.execute(sender, "ACTIVATE", 0, DP_RESPONSE=phone.otp(phone.moving_factor + 1), SERIAL_NO="VDS1000143", **who)
    customer.execute(customer.client, "REGISTER", 1005, **account("user4", "srp-component"))


def assign_in_attributes(customer):
    """A user and two authenticators that the test has added."""
    for sender, serial in zip(customer.senders, ("VDS1000146", "VDS1000147")):
        replied = customer.execute(sender, "ASSIGN", 0, **account("anna", "srp-component", SERIAL_NO=serial))
        customer.check_attributes(replied, "anna", serial)
        customer.execute(sender, "ASSIGN", -14, **account("anna", "srp-component", SERIAL_NO=serial))


class Registration:
    """What a command registered, as the typed operations name it."""

    def __init__(self, replied):
        self.registrationID, self.activationPassword = replied["REGISTRATIONID"], replied.get("ACTIVATION_PASSWORD")


def register_in_attributes(customer, sender, user_id, serial, component="srp-component"):
    replied = customer.execute(sender, "DSAPPREGISTER", 0, **account(user_id, component, ACTIVATION_TYPE=0))
    customer.check_attributes(replied, user_id, serial)
    customer.check("gateway", replied["GATEWAY_ID"], "0123456789")
    return Registration(replied)


def prove_in_attributes(customer, sender, registration, **items):
    """Returns the items that the command delivers, opened."""
    exchange = customer.generate_ephemeral_key(registration)
    step = dict(COMPONENT_TYPE="srp-component", REGISTRATIONID=registration.registrationID)
    replied = customer.execute(sender, "DSAPPGENERATEACTIVATIONDATA", 0,
                               CLIENT_EVIDENCE_MESSAGE=exchange.M1.hex(), **step)
    exchange.confirm(replied.pop("SERVER_EVIDENCE_MESSAGE"))
    opened = [exchange.open(item, *(replied.pop(name + part) for part in ("_DATA", "_COUNTER", "_MAC")))
              for name, item in items.items()]
    customer.check("what else came", replied, {})
    return opened


def exchange_in_attributes(customer):
    for sender in customer.senders:
        registration = register_in_attributes(customer, sender, "user4", "VDS1000143")
        uri, counter = prove_in_attributes(customer, sender, registration,
                                           ACTIVATION_CODE="activationCode", REACTIVATION_COUNTER="eventReactivationCounter")
        phone = dsapp.Authenticator.from_uri(uri)
        customer.check("eventReactivationCounter", counter, phone.reactivation_counter())
        step = dict(COMPONENT_TYPE="srp-component", REGISTRATIONID=registration.registrationID)
        replied = customer.execute(sender, "DSAPPACTIVATE", 0, DP_RESPONSE=phone.otp(phone.moving_factor), **step)
        customer.check_attributes(replied, "user4", "VDS1000143")
    user = account("user4", "srp-component")
    customer.execute(customer.client, "DSAPPREGISTER", -2, **dict(user, ACTIVATION_TYPE="0"))
    customer.execute(customer.client, "DSAPPREGISTER", -2, **dict(user, SHOE_SIZE="42"))
    customer.execute(customer.client, "DSAPPREGISTER", 1000, **dict(user, STATIC_PASSWORD="wrong"))


def damaged(text, place):
    """Another digit at a place."""
    return text[:place] + ("1" if text[place] == "0" else "0") + text[place + 1:]


def refuse_damaged(customer, what, message, take):
    for place in range(len(message)):
        try:
            take(damaged(message, place))
        except dsapp.ProfileError:
            customer.checks += 1
        else:
            raise AssertionError("the device took %s with another digit at %d" % (what, place))


def add_device(customer, sender, registration_id, message1, name):
    """From Activation Message 1 to message 2; returns the device."""
    device = dsapp.Device(message1, 7)
    refuse_damaged(customer, "Activation Message 1", message1, lambda text: dsapp.Device(text, 7))
    customer.check("the message is yet to expire", 0 < device.expiry - time.time() <= 600, True)
    step = dict(COMPONENT_TYPE="mdl-component", REGISTRATIONID=registration_id)
    code = device.device_code()
    digits = damaged(code[:-1], 20)
    customer.execute(sender, "MDL_ADD_DEVICE", -2, DEVICE_CODE=digits + code[-1], **step)
    customer.execute(sender, "MDL_ADD_DEVICE", 1000, DEVICE_CODE=digits + dsapp.luhn(digits, 10), **step)
    replied = customer.execute(sender, "MDL_ADD_DEVICE", 0, DEVICE_CODE=code, **step)
    customer.check_attributes(replied, "user6", name)
    customer.check("the same code again", customer.execute(sender, "MDL_ADD_DEVICE", 0, DEVICE_CODE=code, **step), replied)
    refuse_damaged(customer, "Activation Message 2", replied["ACTIVATION_MESSAGE2"], device.open)
    device.open(replied["ACTIVATION_MESSAGE2"])
    customer.check("the instance", device.name, name)
    return device, step


def share_a_licence(customer):
    """Three devices: two offline, by their signatures, and one online, by a one-time password."""
    user = account("user6", "mdl-component", DOMAIN="master", REQUEST_TYPE=0)
    for number, sender in enumerate(customer.senders, 1):
        name = "VDM1000001-%d" % number
        replied = customer.execute(sender, "MDL_REGISTER", 0, **user)
        customer.check_attributes(replied, "user6", "VDM1000001")
        device, step = add_device(customer, sender, replied["REGISTRATIONID"], replied["ACTIVATION_MESSAGE"], name)
        customer.execute(sender, "MDL_ACTIVATE", 1000, SIGNATURE=damaged(device.signature(), 3), **step)
        replied = customer.execute(sender, "MDL_ACTIVATE", 0, SIGNATURE=device.signature(), **step)
        customer.check_attributes(replied, "user6", name)
        customer.execute(sender, "MDL_ACTIVATE", -13, SIGNATURE=device.signature(), **step)

    sender = customer.senders[1]
    registration = register_in_attributes(customer, sender, "user6", "VDM1000001", "mdl-component")
    message1, = prove_in_attributes(customer, sender, registration, ACTIVATION_MESSAGE="activationMessage")
    device, step = add_device(customer, sender, registration.registrationID, message1, "VDM1000001-3")
    replied = customer.execute(sender, "MDL_ACTIVATE", 0, DP_RESPONSE=device.otp(int(time.time()) // 30), **step)
    customer.check_attributes(replied, "user6", "VDM1000001-3")
    customer.execute(sender, "MDL_REGISTER", -11, **user)
    holder = dict(componentType="srp-component", user={"userID": "user6"}, serialNumber="VDM1000001-3")
    customer.granted("getAppUpgradeInfo", **holder)


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
    renamed = customer.program(Rename("dsappSRPForget"))
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
    customer = Customer(sys.argv[1], "any-order" in sys.argv[2:])
    for part in (bind_the_device, count_events, activate_offline, activate_directly, reach_beyond_ascii, serve_the_app,
                 activate_outside_srp, assign_in_attributes, exchange_in_attributes, share_a_licence,
                 meet_refusals, meet_faults):
        print("-- " + part.__name__.replace("_", " "))
        part(customer)
    print("the whole flow: %d checks passed" % customer.checks)


main()
