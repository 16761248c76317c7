// A customer's program over KDSoap, in Qt: takes users of the sample data
// through whole activations, checks every field of every reply, and meets the
// refusals and the fault. Usage: client http://127.0.0.1:PORT/

#include <QCoreApplication>
#include <QTextStream>
#include <cstdlib>
#include <ctime>
#include <string>

#include "dsapp.h"
#include "provisioning.h"

static QTextStream out(stdout);
static int checks;

template <class T, class U> void check(const QString &what, const T &got, const U &want) {
    checks++;
    if (!(got == want)) {
        out << what << " is " << got << ", not " << want << Qt::endl;
        std::exit(1);
    }
}

class Customer {
  public:
    ProvisioningService service;

    explicit Customer(const QString &endpoint) { service.setEndPoint(endpoint); }

    void outcome(const QString &operation, const BASIC__ResultCodes &codes, const BASIC__ErrorStack &stack, int code, const QString &name) {
        check(operation + ": error", service.lastError(), "");
        out << operation.leftJustified(30) << " " << codes.statusCodeEnum() << Qt::endl;
        check("returnCode", codes.returnCode(), code == 0 ? 0 : -1);
        check("returnCodeEnum", codes.returnCodeEnum(), code == 0 ? "RET_SUCCESS" : "RET_FAILURE");
        check("statusCode", codes.statusCode(), code);
        check("statusCodeEnum", codes.statusCodeEnum(), name);
        check("number of errors", stack.errors().size(), code == 0 ? 0 : 1);
        for (const auto &error : stack.errors()) {
            check("errorCode", error.errorCode(), code);
            check("errorDesc is empty", error.errorDesc().isEmpty(), false);
        }
    }

    void granted(const QString &operation, const BASIC__CommandStatusResponse &status) {
        outcome(operation, status.resultCodes(), status.errorStack(), 0, "STAT_SUCCESS");
    }

    template <class Reply> void refused(const QString &operation, const Reply &reply, int code, const QString &name) {
        outcome(operation, reply.status().resultCodes(), reply.status().errorStack(), code, name);
        check("result is there", reply.hasValueForResult(), false);
    }

    void checkHolder(const PROVTYPES__UserOutput &user, const QString &userID, const QString &orgUnit = QString()) {
        check("userID", user.userID(), userID);
        check("domain", user.domain(), "master");
        check("orgUnit", user.orgUnit(), orgUnit);
    }

    PROV__DsappSRPRegister registration(const QString &componentType, const QString &userID, const QString &password) {
        PROVTYPES__UserInput user;
        user.setUserID(userID);
        PROVTYPES__RegisterCredentialInput credential;
        credential.setStaticPassword(password);
        PROV__DsappSRPRegister request;
        request.setComponentType(componentType);
        request.setUser(user);
        request.setCredential(credential);
        return request;
    }

    PROVTYPES__DSAPPSRPRegisterResult2 enroll(const QString &componentType, const QString &userID, const QString &serial) {
        PROV__DsappSRPRegister request = registration(componentType, userID, "Password2");
        request.setActivationType(0);
        const auto reply = service.dsappSRPRegister(request);
        granted("dsappSRPRegister", reply.status());
        const auto result = reply.result();
        check("length of registrationID", result.registrationID().size(), 8);
        check("length of activationPassword", result.activationPassword().size(), 8);
        check("digipassGatewayID", result.digipassGatewayID(), "0123456789");
        check("serialNumber", result.serialNumber(), serial);
        checkHolder(result.user(), userID);
        return result;
    }

    dsapp::Exchange generateEphemeralKey(const PROVTYPES__DSAPPSRPRegisterResult2 &registered) {
        dsapp::Exchange exchange(registered.registrationID().toStdString(), registered.activationPassword().toStdString());
        PROV__DsappSRPGenerateEphemeralKey request;
        request.setComponentType("srp-component");
        request.setRegistrationID(registered.registrationID());
        request.setClientEphemeralPublicKey(QString::fromStdString(dsapp::hex(exchange.A)));
        const auto reply = service.dsappSRPGenerateEphemeralKey(request);
        granted("dsappSRPGenerateEphemeralKey", reply.status());
        check("length of B", reply.result().serverEphemeralPublicKey().size(), 512);
        check("length of salt", reply.result().salt().size(), 32);
        exchange.prove(reply.result().salt().toStdString(), reply.result().serverEphemeralPublicKey().toStdString());
        return exchange;
    }

    PROV__DsappSRPGenerateActivationDataResponse prove(const QString &registrationID, const std::string &evidence) {
        PROV__DsappSRPGenerateActivationData request;
        request.setComponentType("srp-component");
        request.setRegistrationID(registrationID);
        request.setClientEvidenceMessage(QString::fromStdString(dsapp::hex(evidence)));
        return service.dsappSRPGenerateActivationData(request);
    }

    PROV__DsappSRPActivateResponse activate(const QString &componentType, const QString &registrationID, const QString &response) {
        PROVTYPES__ActivateCredentialInput credential;
        credential.setResponse(response);
        PROV__DsappSRPActivate request;
        request.setComponentType(componentType);
        request.setRegistrationID(registrationID);
        request.setCredential(credential);
        return service.dsappSRPActivate(request);
    }

    void activated(const PROV__DsappSRPActivateResponse &reply, const QString &userID, const QString &serial) {
        granted("dsappSRPActivate", reply.status());
        check("serialNumber", reply.result().serialNumber(), serial);
        checkHolder(reply.result().user(), userID);
    }

    PROVTYPES__ProvisioningResults execute(const QString &command, const QList<PROVTYPES__ProvisioningAttribute> &attributes) {
        PROVTYPES__AttributeSet set;
        set.setAttributes(attributes);
        PROV__ProvisioningExecute request;
        request.setCmd("PROVISIONCMD_" + command);
        request.setAttributeSet(set);
        return service.provisioningExecute(request).results();
    }
};

static std::string open(const dsapp::Exchange &exchange, const std::string &name, const PROVTYPES__DSAPPSRPEncryptedData &item) {
    return exchange.open(name, item.encryptedData().toStdString(), item.encryptedCounter().toStdString(), item.mac().toStdString());
}

// The exchange, first with a wrong proof; the reply's choice and items, opened;
// the activation.
static void exchangeKeys(Customer &customer) {
    const auto registered = customer.enroll("srp-component", "user1", "VDS1000140");
    customer.generateEphemeralKey(registered);
    customer.refused("dsappSRPGenerateActivationData", customer.prove(registered.registrationID(), std::string(32, '\0')), 1000,
                     "STAT_INVCREDENTIALS");

    const dsapp::Exchange exchange = customer.generateEphemeralKey(registered);
    const auto reply = customer.prove(registered.registrationID(), exchange.M1);
    customer.granted("dsappSRPGenerateActivationData", reply.status());
    check("serverEvidenceMessage", reply.result().serverEvidenceMessage().toStdString() == dsapp::hex(exchange.M2), true);
    check("mdl is there", reply.result().hasValueForMdl(), false);
    const auto standard = reply.result().standard();
    const std::string uri = open(exchange, "activationCode", standard.activationCode());
    check("serial number in the URI", QString::fromStdString(dsapp::parameter(uri, "serial")), "VDS1000140");
    check("eventReactivationCounter", QString::fromStdString(open(exchange, "eventReactivationCounter", standard.eventReactivationCounter())), "000");
    const QString response = QString::fromStdString(dsapp::otp(uri, std::time(nullptr) / 30));
    customer.activated(customer.activate("srp-component", registered.registrationID(), response), "user1", "VDS1000140");
}

// A phone that holds its secret already needs no exchange: RFC 4226, appendix
// D.
static void activateDirectly(Customer &customer) {
    for (const char *response : {"755224", "287082"}) {
        const auto registered = customer.enroll("srp-direct", "user2", "VDS1000141");
        customer.activated(customer.activate("srp-direct", registered.registrationID(), response), "user2", "VDS1000141");
    }
}

// A user whom the test has added to the sample data.
static void reachBeyondASCII(Customer &customer) {
    const auto reply = customer.service.dsappSRPRegister(customer.registration("srp-component", u8"jürgen", u8"Grüße & <€>"));
    customer.granted("dsappSRPRegister", reply.status());
    customer.checkHolder(reply.result().user(), u8"jürgen", u8"Büro & <Söhne>");
}

static void serveTheApp(Customer &customer) {
    PROVTYPES__UserInput user;
    user.setUserID("user1");
    PROV__GetAppUpgradeInfo request;
    request.setComponentType("srp-component");
    request.setUser(user);
    request.setSerialNumber("VDS1000140");
    const auto reply = customer.service.getAppUpgradeInfo(request);
    customer.granted("getAppUpgradeInfo", reply.status());
    check("upgradeMessage", QByteArray::fromHex(reply.result().upgradeMessage().toLatin1()), "01;02;user1;master;0123456789");
    PROV__UpdateDevicePNID update;
    update.setComponentType("srp-component");
    update.setUser(user);
    update.setSerialNumber("VDS1000140");
    update.setDevicePNID("0A0BFF");
    customer.granted("updateDevicePNID", customer.service.updateDevicePNID(update).status());
}

static PROVTYPES__ProvisioningAttribute attribute(const QString &name, const QVariant &value, const QString &type) {
    PROVTYPES__ProvisioningAttribute made;
    made.setAttributeID("PROVFLD_" + name);
    made.setValue(KDSoapValue("value", value, "http://www.w3.org/2001/XMLSchema", type));
    return made;
}

static void registerInAttributes(Customer &customer) {
    const QList<PROVTYPES__ProvisioningAttribute> account = {
        attribute("COMPONENT_TYPE", "srp-component", "string"), attribute("USERID", "user4", "string"),
        attribute("STATIC_PASSWORD", "Password2", "string"), attribute("ACTIVATION_TYPE", 0, "unsignedInt")};
    auto results = customer.execute("DSAPPREGISTER", account);
    customer.outcome("DSAPPREGISTER", results.resultCodes(), results.errorStack(), 0, "STAT_SUCCESS");
    QString serial, password;
    for (const auto &replied : results.resultAttribute().attributes()) {
        if (replied.attributeID() == "PROVFLD_SERIAL_NO") {
            serial = replied.value().value().toString();
        }
        if (replied.attributeID() == "PROVFLD_ACTIVATION_PASSWORD") {
            password = replied.value().value().toString();
            check("activation password is masked", replied.attributeOptions().masked(), true);
        }
    }
    check("serial number", serial, "VDS1000143");
    check("length of the activation password", password.size(), 8);
    results = customer.execute("DSAPPREGISTER", account.mid(0, 2));
    customer.outcome("DSAPPREGISTER", results.resultCodes(), results.errorStack(), -2, "STAT_INVPARAM");
    check("attributes after a refusal", results.resultAttribute().attributes().size(), 0);
}

static void meetRefusals(Customer &customer) {
    auto reply = customer.service.dsappSRPRegister(customer.registration("srp-component", "user3", u8"Grüße & <€>"));
    customer.refused("dsappSRPRegister", reply, 1000, "STAT_INVCREDENTIALS");
    reply = customer.service.dsappSRPRegister(customer.registration("no <such> component", "user3", "Password2"));
    customer.refused("dsappSRPRegister", reply, 1005, "STAT_PERMISSION");
    customer.refused("dsappSRPActivate", customer.activate("srp-component", "no such", "000000"), -13, "STAT_NOT_FOUND");
    const auto registered = customer.enroll("srp-component", "user3", "VDS1000142");
    customer.refused("dsappSRPActivate", customer.activate("srp-component", registered.registrationID(), "000000"), -1, "STAT_ERROR");
}

// An operation that the service does not have; the fault's detail.
static void meetAFault(Customer &customer) {
    KDSoapMessage message;
    message = customer.registration("srp-component", "user3", "Password2").serialize("dsappSRPForget");
    const KDSoapMessage fault = customer.service.clientInterface()->call("dsappSRPForget", message);
    check("an unknown operation is a fault", fault.isFault(), true);
    out << "dsappSRPForget                 " << fault.faultAsString() << Qt::endl;
    const KDSoapValueList parts = fault.childValues();
    check("faultcode", parts.child("faultcode").value().toString().section(':', -1), "Client");
    check("fault says where to look", parts.child("faultstring").value().toString().contains("?wsdl"), true);
    const KDSoapValueList detail = parts.child("detail").childValues().child("provisioningFault").childValues();
    check("reason", detail.child("reason").value().toString(), "UnknownOperation");
    check("length of requestID", detail.child("requestID").value().toString().size(), 16);
}

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    Customer customer(argv[1]);
    exchangeKeys(customer);
    activateDirectly(customer);
    reachBeyondASCII(customer);
    serveTheApp(customer);
    registerInAttributes(customer);
    meetRefusals(customer);
    meetAFault(customer);
    out << "the whole flow: " << checks << " checks passed" << Qt::endl;
}
