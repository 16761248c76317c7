// A customer's program over gSOAP, whose types hold a reply to the schema:
// takes a user of the sample data through the exchange and through whole
// activations, checks every field of every reply, and meets the refusals and
// the faults. Usage: client http://127.0.0.1:PORT/

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "ProvisioningBinding.nsmap"
#include "dsapp.h"
#include "soapProvisioningBindingProxy.h"

using std::string;

static int checks;

template <class T, class U> void check(const string &what, const T &got, const U &want) {
    checks++;
    if (!(got == want)) {
        std::cout << what << " is " << got << ", not " << want << std::endl;
        std::exit(1);
    }
}

// Chunked requests, kept-alive connections, and no lenience towards replies.
const soap_mode mode = SOAP_IO_CHUNK | SOAP_IO_KEEPALIVE | SOAP_XML_STRICT | SOAP_C_UTFSTRING;

class Customer {
  public:
    ProvisioningBindingProxy proxy;
    struct soap *soap;

    explicit Customer(const char *endpoint) : proxy(endpoint, mode), soap(proxy.soap) {}

    void sent(int error, const string &operation) {
        if (error != SOAP_OK) {
            std::cout << operation << " failed:" << std::endl;
            proxy.soap_stream_fault(std::cout);
            std::exit(1);
        }
        check(operation + ": HTTP status", soap->status, 200);
    }

    // The status is a reference: it is there only once the call was made,
    // which an argument before it does.
    void granted(int error, const string &operation, basic__CommandStatusResponse *const &status) {
        sent(error, operation);
        std::printf("%-30s %s\n", operation.c_str(), status->resultCodes->statusCodeEnum.c_str());
        check("returnCode", status->resultCodes->returnCode, 0);
        check("statusCode", status->resultCodes->statusCode, 0);
        check("returnCodeEnum", status->resultCodes->returnCodeEnum, "RET_SUCCESS");
        check("statusCodeEnum", status->resultCodes->statusCodeEnum, "STAT_SUCCESS");
        check("number of errors", status->errorStack->errors.size(), 0u);
    }

    void refused(int error, const string &operation, basic__CommandStatusResponse *const &status, int code, const string &name) {
        sent(error, operation);
        std::printf("%-30s %s\n", operation.c_str(), status->resultCodes->statusCodeEnum.c_str());
        check("returnCode", status->resultCodes->returnCode, -1);
        check("statusCode", status->resultCodes->statusCode, code);
        check("returnCodeEnum", status->resultCodes->returnCodeEnum, "RET_FAILURE");
        check("statusCodeEnum", status->resultCodes->statusCodeEnum, name);
        check("number of errors", status->errorStack->errors.size(), 1u);
        check("errorCode", status->errorStack->errors[0]->errorCode, code);
        check("errorDesc is empty", status->errorStack->errors[0]->errorDesc.empty(), false);
    }

    void checkHolder(const types__UserOutput *user, const string &userID, const string &orgUnit = "(absent)") {
        check("userID", user->userID, userID);
        check("domain", user->domain, "master");
        check("orgUnit", user->orgUnit ? *user->orgUnit : "(absent)", orgUnit);
    }

    _prov__dsappSRPRegister registration(const string &componentType, const string &userID, const string &password) {
        _prov__dsappSRPRegister request;
        request.soap_default(soap);
        request.componentType = componentType;
        request.user = soap_new_types__UserInput(soap);
        request.user->userID = userID;
        request.credential = soap_new_types__RegisterCredentialInput(soap);
        request.credential->staticPassword = password;
        return request;
    }

    const types__DSAPPSRPRegisterResult2 *enroll(const string &componentType, const string &userID, const string &serial) {
        _prov__dsappSRPRegister request = registration(componentType, userID, "Password2");
        int online = 0;
        request.activationType = &online;
        _prov__dsappSRPRegisterResponse reply;
        granted(proxy.dsappSRPRegister(&request, reply), "dsappSRPRegister", reply.status);
        const types__DSAPPSRPRegisterResult2 *result = reply.result;
        check("length of registrationID", result->registrationID.size(), 8u);
        check("length of activationPassword", result->activationPassword.size(), 8u);
        check("digipassGatewayID", result->digipassGatewayID, "0123456789");
        check("serialNumber", result->serialNumber, serial);
        checkHolder(result->user, userID);
        return result;
    }

    _prov__dsappSRPActivate activation(const string &componentType, const string &registrationID, string *response) {
        _prov__dsappSRPActivate request;
        request.soap_default(soap);
        request.componentType = componentType;
        request.registrationID = registrationID;
        request.credential = soap_new_types__ActivateCredentialInput(soap);
        request.credential->__union_ActivateCredentialInput = SOAP_UNION__types__union_ActivateCredentialInput_response;
        request.credential->union_ActivateCredentialInput.response = response;
        return request;
    }

    dsapp::Exchange generateEphemeralKey(const types__DSAPPSRPRegisterResult2 *registered) {
        dsapp::Exchange exchange(registered->registrationID, registered->activationPassword);
        _prov__dsappSRPGenerateEphemeralKey request;
        request.soap_default(soap);
        request.componentType = "srp-component";
        request.registrationID = registered->registrationID;
        request.clientEphemeralPublicKey = dsapp::hex(exchange.A);
        _prov__dsappSRPGenerateEphemeralKeyResponse reply;
        granted(proxy.dsappSRPGenerateEphemeralKey(&request, reply), "dsappSRPGenerateEphemeralKey", reply.status);
        check("length of B", reply.result->serverEphemeralPublicKey.size(), 512u);
        check("length of salt", reply.result->salt.size(), 32u);
        exchange.prove(reply.result->salt, reply.result->serverEphemeralPublicKey);
        return exchange;
    }

    _prov__dsappSRPGenerateActivationData proof(const string &registrationID, const string &evidence) {
        _prov__dsappSRPGenerateActivationData request;
        request.soap_default(soap);
        request.componentType = "srp-component";
        request.registrationID = registrationID;
        request.clientEvidenceMessage = dsapp::hex(evidence);
        return request;
    }
};

static string open(const dsapp::Exchange &exchange, const string &name, const types__DSAPPSRPEncryptedData *item) {
    return exchange.open(name, item->encryptedData, item->encryptedCounter, item->mac);
}

// The exchange, first with a wrong proof; the reply's choice and items, opened;
// the activation.
static void exchangeKeys(Customer &customer) {
    const auto *registered = customer.enroll("srp-component", "user1", "VDS1000140");
    customer.generateEphemeralKey(registered);
    auto wrong = customer.proof(registered->registrationID, string(32, '\0'));
    _prov__dsappSRPGenerateActivationDataResponse reply;
    customer.refused(customer.proxy.dsappSRPGenerateActivationData(&wrong, reply), "dsappSRPGenerateActivationData",
                     reply.status, 1000, "STAT_INVCREDENTIALS");
    check("result is there", reply.result != nullptr, false);

    const dsapp::Exchange exchange = customer.generateEphemeralKey(registered);
    auto right = customer.proof(registered->registrationID, exchange.M1);
    customer.granted(customer.proxy.dsappSRPGenerateActivationData(&right, reply), "dsappSRPGenerateActivationData", reply.status);
    check("serverEvidenceMessage", reply.result->serverEvidenceMessage, dsapp::hex(exchange.M2));
    check("choice", reply.result->__union_DSAPPSRPGenerateActivationDataResult,
          SOAP_UNION__types__union_DSAPPSRPGenerateActivationDataResult_standard);
    const auto *standard = reply.result->union_DSAPPSRPGenerateActivationDataResult.standard;
    const string uri = open(exchange, "activationCode", standard->activationCode);
    check("serial number in the URI", dsapp::parameter(uri, "serial"), "VDS1000140");
    check("eventReactivationCounter", open(exchange, "eventReactivationCounter", standard->eventReactivationCounter), "000");

    string response = dsapp::otp(uri, std::time(nullptr) / 30);
    auto activation = customer.activation("srp-component", registered->registrationID, &response);
    _prov__dsappSRPActivateResponse activated;
    customer.granted(customer.proxy.dsappSRPActivate(&activation, activated), "dsappSRPActivate", activated.status);
    check("serialNumber", activated.result->serialNumber, "VDS1000140");
    customer.checkHolder(activated.result->user, "user1");
}

// A phone that holds its secret already needs no exchange: RFC 4226, appendix
// D.
static void activateDirectly(Customer &customer) {
    for (string response : {"755224", "287082"}) {
        const auto *registered = customer.enroll("srp-direct", "user2", "VDS1000141");
        auto request = customer.activation("srp-direct", registered->registrationID, &response);
        _prov__dsappSRPActivateResponse reply;
        customer.granted(customer.proxy.dsappSRPActivate(&request, reply), "dsappSRPActivate", reply.status);
        check("serialNumber", reply.result->serialNumber, "VDS1000141");
        customer.checkHolder(reply.result->user, "user2");
    }
}

// A user whom the test has added to the sample data.
static void reachBeyondASCII(Customer &customer) {
    auto request = customer.registration("srp-component", "jürgen", "Grüße & <€>");
    _prov__dsappSRPRegisterResponse reply;
    customer.granted(customer.proxy.dsappSRPRegister(&request, reply), "dsappSRPRegister", reply.status);
    customer.checkHolder(reply.result->user, "jürgen", "Büro & <Söhne>");
}

static void meetRefusals(Customer &customer) {
    auto request = customer.registration("srp-component", "user3", "Grüße & <€>");
    _prov__dsappSRPRegisterResponse reply;
    customer.refused(customer.proxy.dsappSRPRegister(&request, reply), "dsappSRPRegister", reply.status, 1000, "STAT_INVCREDENTIALS");
    check("result is there", reply.result != nullptr, false);

    request = customer.registration("no <such> component", "user3", "Password2");
    customer.refused(customer.proxy.dsappSRPRegister(&request, reply), "dsappSRPRegister", reply.status, 1005, "STAT_PERMISSION");

    string response = "000000";
    auto activation = customer.activation("srp-component", "no such", &response);
    _prov__dsappSRPActivateResponse activated;
    customer.refused(customer.proxy.dsappSRPActivate(&activation, activated), "dsappSRPActivate", activated.status, -13, "STAT_NOT_FOUND");

    const auto *registered = customer.enroll("srp-component", "user3", "VDS1000142");
    activation = customer.activation("srp-component", registered->registrationID, &response);
    customer.refused(customer.proxy.dsappSRPActivate(&activation, activated), "dsappSRPActivate", activated.status, -1, "STAT_ERROR");
}

// An operation of another namespace is unknown; the fault's detail is typed.
static void meetFaults(const char *endpoint) {
    std::vector<struct Namespace> elsewhere;
    for (const struct Namespace *n = namespaces; n->id; n++) {
        elsewhere.push_back(*n);
        if (string(n->id) == "prov") {
            elsewhere.back().in = n->ns;
            elsewhere.back().ns = "urn:elsewhere";
        }
    }
    elsewhere.push_back({nullptr, nullptr, nullptr, nullptr});
    Customer customer(endpoint);
    soap_set_namespaces(customer.soap, elsewhere.data());
    auto request = customer.registration("srp-component", "user3", "Password2");
    _prov__dsappSRPRegisterResponse reply;
    const int error = customer.proxy.dsappSRPRegister(&request, reply);
    check("an unknown operation is a fault", error == SOAP_CLI_FAULT || error == SOAP_FAULT, true);
    check("HTTP status of a fault", customer.soap->status, 500);
    const struct SOAP_ENV__Fault *fault = customer.soap->fault;
    std::printf("%-30s %s: %s\n", "in urn:elsewhere", fault->faultcode, fault->faultstring);
    check("faultcode", string(fault->faultcode), "SOAP-ENV:Client");
    check("detail is typed", fault->detail && fault->detail->prov__provisioningFault, true);
    check("reason is empty", fault->detail->prov__provisioningFault->reason.empty(), false);
    check("requestID is empty", fault->detail->prov__provisioningFault->requestID.empty(), false);
}

int main(int, char **argv) {
    Customer customer(argv[1]);
    exchangeKeys(customer);
    activateDirectly(customer);
    reachBeyondASCII(customer);
    meetRefusals(customer);
    meetFaults(argv[1]);
    std::printf("the whole flow: %d checks passed\n", checks);
}
