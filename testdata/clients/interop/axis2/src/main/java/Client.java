import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import javax.xml.namespace.QName;

import customer.Customer;
import customer.Service;
import made.ProvisioningException;
import made.ProvisioningServiceStub;
import made.ProvisioningServiceStub.*;
import org.apache.axiom.om.OMElement;
import org.apache.axiom.soap.SOAPBody;
import org.apache.axis2.context.MessageContext;
import org.apache.axis2.databinding.types.NonNegativeInteger;
import org.apache.axis2.description.AxisOperation;
import org.apache.axis2.engine.Phase;
import org.apache.axis2.handlers.AbstractHandler;
import org.apache.axis2.kernel.http.HTTPConstants;
import org.apache.http.impl.client.HttpClients;

/** The customer's program over Axis2 and its own data binding. Usage: Client provisioning.wsdl ENDPOINT */
public final class Client implements Service {
    private static final String NAMESPACE = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning";

    private final ProvisioningServiceStub stub;

    private Client(String endpoint) throws Exception {
        stub = new ProvisioningServiceStub(endpoint);
        // Its own HTTP client does not read the properties that name the key stores.
        stub._getServiceClient().getOptions().setProperty(HTTPConstants.CACHED_HTTP_CLIENT, HttpClients.createSystem());
    }

    public static void main(String[] args) throws Exception {
        Customer.run(new Client(args[1]));
        System.exit(0); // it keeps threads
    }

    @Override
    public Reply<Registered> register(String componentType, User user, String password, Integer activationType, String serialNumber)
            throws Exception {
        RegisterCredentialInput credential = new RegisterCredentialInput();
        credential.setStaticPassword(password);
        DsappSRPRegister request = new DsappSRPRegister();
        if (activationType != null) {
            request.setActivationType(activationType);
        }
        request.setComponentType(componentType);
        request.setUser(user(user));
        request.setCredential(credential);
        request.setSerialNumber(serialNumber);
        DsappSRPRegisterResponse reply = stub.dsappSRPRegister(request);
        DSAPPSRPRegisterResult2 r = reply.getResult();
        return reply(reply.getStatus(), r == null ? null : new Registered(r.getRegistrationID(), r.getActivationPassword(),
            user(r.getUser()), r.getSerialNumber(), r.getDigipassGatewayID()));
    }

    @Override
    public Reply<Keys> generateEphemeralKey(String componentType, String registrationID, String clientKey) throws Exception {
        DsappSRPGenerateEphemeralKey request = new DsappSRPGenerateEphemeralKey();
        request.setComponentType(componentType);
        request.setRegistrationID(registrationID);
        request.setClientEphemeralPublicKey(clientKey);
        DsappSRPGenerateEphemeralKeyResponse reply = stub.dsappSRPGenerateEphemeralKey(request);
        DSAPPSRPGenerateEphemeralKeyResult r = reply.getResult();
        return reply(reply.getStatus(), r == null ? null : new Keys(r.getServerEphemeralPublicKey(), r.getSalt()));
    }

    @Override
    public Reply<Data> generateActivationData(String componentType, String registrationID, String evidence) throws Exception {
        DsappSRPGenerateActivationData request = new DsappSRPGenerateActivationData();
        request.setComponentType(componentType);
        request.setRegistrationID(registrationID);
        request.setClientEvidenceMessage(evidence);
        DsappSRPGenerateActivationDataResponse reply = stub.dsappSRPGenerateActivationData(request);
        return reply(reply.getStatus(), reply.getResult() == null ? null : data(reply.getResult()));
    }

    @Override
    public Reply<Activated> activate(String componentType, String registrationID, String response, String derivationCode)
            throws Exception {
        ActivateCredentialInput credential = new ActivateCredentialInput();
        if (response != null) {
            credential.setResponse(response);
        } else {
            credential.setDerivationCode(derivationCode);
        }
        DsappSRPActivate request = new DsappSRPActivate();
        request.setComponentType(componentType);
        request.setRegistrationID(registrationID);
        request.setCredential(credential);
        DsappSRPActivateResponse reply = stub.dsappSRPActivate(request);
        DSAPPSRPActivateResult r = reply.getResult();
        return reply(reply.getStatus(), r == null ? null : new Activated(user(r.getUser()), r.getSerialNumber()));
    }

    @Override
    public Reply<String> getAppUpgradeInfo(String componentType, User user, String serialNumber) throws Exception {
        GetAppUpgradeInfo request = new GetAppUpgradeInfo();
        request.setComponentType(componentType);
        request.setUser(user(user));
        request.setSerialNumber(serialNumber);
        GetAppUpgradeInfoResponse reply = stub.getAppUpgradeInfo(request);
        return reply(reply.getStatus(), reply.getResult() == null ? null : reply.getResult().getUpgradeMessage());
    }

    @Override
    public Reply<Void> updateDevicePNID(String componentType, User user, String serialNumber, String devicePNID) throws Exception {
        UpdateDevicePNID request = new UpdateDevicePNID();
        request.setComponentType(componentType);
        request.setUser(user(user));
        request.setSerialNumber(serialNumber);
        request.setDevicePNID(devicePNID);
        return reply(stub.updateDevicePNID(request).getStatus(), null);
    }

    @Override
    public Reply<List<Attribute>> execute(String command, List<Attribute> attributes) throws Exception {
        AttributeSet set = new AttributeSet();
        for (Attribute attribute : attributes) {
            ProvisioningAttribute made = new ProvisioningAttribute();
            made.setAttributeID("PROVFLD_" + attribute.name());
            // It has a class of its own for what Java's can be below zero.
            made.setValue(attribute.value() instanceof BigInteger number ? new NonNegativeInteger(number.toString()) : attribute.value());
            if (attribute.masked()) {
                made.setAttributeOptions(new AttributeOptions());
                made.getAttributeOptions().setMasked(true);
            }
            set.addAttributes(made);
        }
        ProvisioningExecute request = new ProvisioningExecute();
        request.setCmd(command);
        request.setAttributeSet(set);
        ProvisioningResults results = stub.provisioningExecute(request).getResults();
        List<Attribute> replied = new ArrayList<>();
        ProvisioningAttribute[] all = results.getResultAttribute().getAttributes();
        for (ProvisioningAttribute a : all == null ? new ProvisioningAttribute[0] : all) {
            boolean masked = a.getAttributeOptions() != null && a.getAttributeOptions().getMasked();
            replied.add(new Attribute(a.getAttributeID().substring("PROVFLD_".length()), a.getValue(), masked));
        }
        return reply(results.getResultCodes(), results.getErrorStack(), replied);
    }

    @Override
    public Fault callUnknown() throws Exception {
        AxisOperation operation = stub._getServiceClient().getAxisService().getOperation(new QName(NAMESPACE, "updateDevicePNID"));
        String[] code = new String[1];
        handle(operation.getPhasesOutFlow(), body -> {
            OMElement request = body.getFirstElement();
            body.addChild(body.getOMFactory().createOMElement(new QName(NAMESPACE, "dsappSRPForget")));
            request.detach();
        });
        handle(operation.getRemainingPhasesInFlow(), body -> code[0] = body.getFault().getCode().getTextAsQName().getLocalPart());
        try {
            updateDevicePNID("srp-component", new User("user1", null, null), "VDS1000140", "00");
        } catch (ProvisioningException e) {
            ProvisioningFault detail = e.getFaultMessage();
            return new Fault(code[0], e.getMessage(), detail.getReason(), detail.getRequestID());
        }
        throw new AssertionError("an unknown operation was no fault");
    }

    /** Has a flow of messages pass by a handler. */
    private static void handle(List<?> phases, Consumer<SOAPBody> handler) {
        ((Phase) phases.get(0)).addHandler(new AbstractHandler() {
            @Override
            public InvocationResponse invoke(MessageContext context) {
                handler.accept(context.getEnvelope().getBody());
                return InvocationResponse.CONTINUE;
            }
        });
    }

    private static <R> Reply<R> reply(CommandStatusResponse status, R result) {
        return reply(status.getResultCodes(), status.getErrorStack(), result);
    }

    private static <R> Reply<R> reply(ResultCodes codes, ErrorStack stack, R result) {
        ErrorStackEntry[] all = stack.getErrors() == null ? new ErrorStackEntry[0] : stack.getErrors();
        List<Entry> errors = Arrays.stream(all).map(e -> new Entry(e.getErrorCode(), e.getErrorDesc())).toList();
        return new Reply<>(codes.getReturnCodeEnum(), codes.getStatusCodeEnum(), codes.getReturnCode(), codes.getStatusCode(),
            errors, result);
    }

    private static Data data(DSAPPSRPGenerateActivationDataResult r) {
        DSAPPSRPGenerateActivationDataResultChoice_type0 choice = r.getDSAPPSRPGenerateActivationDataResultChoice_type0();
        return new Data(choice.getStandard() == null ? null : item(choice.getStandard().getActivationCode()),
            choice.getStandard() == null ? null : item(choice.getStandard().getEventReactivationCounter()),
            choice.getMdl() == null ? null : item(choice.getMdl().getActivationMessage()), r.getServerEvidenceMessage());
    }

    private static Item item(DSAPPSRPEncryptedData item) {
        return new Item(item.getEncryptedData(), item.getEncryptedCounter(), item.getMac());
    }

    private static UserInput user(User user) {
        UserInput out = new UserInput();
        out.setUserID(user.userID());
        out.setDomain(user.domain());
        return out;
    }

    private static User user(UserOutput user) {
        return new User(user.getUserID(), user.getDomain(), user.getOrgUnit());
    }
}
