/* A server over gSOAP that answers each dsappSRPActivate with one and the same
   success. It has a thread for each connection, which it keeps alive, and prints its
   address. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "soapH.h"
#include "ProvisioningBinding.nsmap"

static void *serve(void *connection)
{
    struct soap *soap = connection;
    pthread_detach(pthread_self());
    soap_serve(soap);
    soap_destroy(soap);
    soap_end(soap);
    soap_free(soap);
    return NULL;
}

int main(void)
{
    struct soap *soap = soap_new1(SOAP_IO_KEEPALIVE);
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    soap->max_keep_alive = 0;
    soap->bind_flags = SO_REUSEADDR;
    if (!soap_valid_socket(soap_bind(soap, "127.0.0.1", 0, 1024)) || getsockname(soap->master, (struct sockaddr *)&at, &size) != 0) {
        soap_print_fault(soap, stderr);
        return 1;
    }
    printf("http://127.0.0.1:%d/\n", ntohs(at.sin_port));
    fflush(stdout);
    while (soap_valid_socket(soap_accept(soap))) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, soap_copy(soap)) != 0) {
            return 1;
        }
    }
    return 0;
}

int __prov__dsappSRPActivate(struct soap *soap, struct _prov__dsappSRPActivate *in, struct _prov__dsappSRPActivateResponse *out)
{
    static struct basic__ResultCodes codes = {"RET_SUCCESS", "STAT_SUCCESS", 0, 0};
    static struct basic__ErrorStack none;
    static struct basic__CommandStatusResponse status = {&codes, &none};
    static struct types__UserOutput user = {"bench1234", "master", NULL};
    static struct types__DSAPPSRPActivateResult result = {&user, "BEN0001234"};
    if (in->registrationID == NULL || in->credential == NULL) {
        return soap_sender_fault(soap, "The request lacks an element.", NULL);
    }
    out->status = &status;
    out->result = &result;
    return SOAP_OK;
}

#define NOT_HERE(operation)                                                                                            \
    int __prov__##operation(struct soap *soap, struct _prov__##operation *in, struct _prov__##operation##Response *out) \
    {                                                                                                                  \
        (void)in, (void)out;                                                                                           \
        return soap_receiver_fault(soap, "This server answers dsappSRPActivate alone.", NULL);                         \
    }

NOT_HERE(dsappSRPRegister)
NOT_HERE(dsappSRPGenerateEphemeralKey)
NOT_HERE(dsappSRPGenerateActivationData)
NOT_HERE(getAppUpgradeInfo)
NOT_HERE(updateDevicePNID)
NOT_HERE(provisioningExecute)
