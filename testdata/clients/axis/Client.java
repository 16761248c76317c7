import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.vasco.www.IdentikeyServer.IdentikeyTypes.BasicTypes_xsd.*;
import com.vasco.www.IdentikeyServer.IdentikeyTypes.BasicTypes_xsd.holders.*;
import com.vasco.www.IdentikeyServer.IdentikeyTypes.Provisioning.ProvisioningFault;
import com.vasco.www.IdentikeyServer.IdentikeyTypes.Provisioning.ProvisioningPortType;
import com.vasco.www.IdentikeyServer.IdentikeyTypes.Provisioning.ProvisioningServiceLocator;
import com.vasco.www.IdentikeyServer.IdentikeyTypes.ProvisioningTypes_xsd.*;
import com.vasco.www.IdentikeyServer.IdentikeyTypes.ProvisioningTypes_xsd.holders.*;
import customer.Customer;
import customer.Service;
import org.apache.axis.AxisFault;
import org.apache.axis.MessageContext;
import org.apache.axis.SimpleChain;
import org.apache.axis.SimpleTargetedChain;
import org.apache.axis.configuration.SimpleProvider;
import org.apache.axis.handlers.BasicHandler;
import org.apache.axis.transport.http.HTTPSender;
import org.apache.axis.transport.http.HTTPTransport;

/** The customer's program over Axis 1.4. Usage: Client ENDPOINT */
public final class Client implements Service {
    private final URL endpoint;
    private final ProvisioningPortType port;

    private Client(URL endpoint) throws Exception {
        this.endpoint = endpoint;
        port = new ProvisioningServiceLocator().getProvisioningPort(endpoint);
    }

    public static void main(String[] args) throws Exception {
        Customer.run(new Client(new URL(args[0])));
    }

    @Override
    public Reply<Registered> register(String componentType, User user, String password, Integer activationType, String serialNumber)
            throws Exception {
        CommandStatusResponseHolder status = new CommandStatusResponseHolder();
        DSAPPSRPRegisterResult2Holder result = new DSAPPSRPRegisterResult2Holder();
        port.dsappSRPRegister(activationType, componentType, user(user), new RegisterCredentialInput(password), serialNumber, status, result);
        DSAPPSRPRegisterResult2 r = result.value;
        return reply(status.value, r == null ? null : new Registered(r.getRegistrationID(), r.getActivationPassword(), user(r.getUser()),
            r.getSerialNumber(), r.getDigipassGatewayID()));
    }

    @Override
    public Reply<Keys> generateEphemeralKey(String componentType, String registrationID, String clientKey) throws Exception {
        CommandStatusResponseHolder status = new CommandStatusResponseHolder();
        DSAPPSRPGenerateEphemeralKeyResultHolder result = new DSAPPSRPGenerateEphemeralKeyResultHolder();
        port.dsappSRPGenerateEphemeralKey(componentType, registrationID, clientKey, status, result);
        DSAPPSRPGenerateEphemeralKeyResult r = result.value;
        return reply(status.value, r == null ? null : new Keys(r.getServerEphemeralPublicKey(), r.getSalt()));
    }

    @Override
    public Reply<Data> generateActivationData(String componentType, String registrationID, String evidence) throws Exception {
        CommandStatusResponseHolder status = new CommandStatusResponseHolder();
        DSAPPSRPGenerateActivationDataResultHolder result = new DSAPPSRPGenerateActivationDataResultHolder();
        port.dsappSRPGenerateActivationData(componentType, registrationID, evidence, status, result);
        return reply(status.value, result.value == null ? null : data(result.value));
    }

    @Override
    public Reply<Activated> activate(String componentType, String registrationID, String response, String derivationCode)
            throws Exception {
        CommandStatusResponseHolder status = new CommandStatusResponseHolder();
        DSAPPSRPActivateResultHolder result = new DSAPPSRPActivateResultHolder();
        port.dsappSRPActivate(componentType, registrationID, new ActivateCredentialInput(response, derivationCode), status, result);
        DSAPPSRPActivateResult r = result.value;
        return reply(status.value, r == null ? null : new Activated(user(r.getUser()), r.getSerialNumber()));
    }

    @Override
    public Reply<String> getAppUpgradeInfo(String componentType, User user, String serialNumber) throws Exception {
        CommandStatusResponseHolder status = new CommandStatusResponseHolder();
        GetAppUpgradeInfoResultHolder result = new GetAppUpgradeInfoResultHolder();
        port.getAppUpgradeInfo(componentType, user(user), serialNumber, status, result);
        return reply(status.value, result.value == null ? null : result.value.getUpgradeMessage());
    }

    @Override
    public Reply<Void> updateDevicePNID(String componentType, User user, String serialNumber, String devicePNID) throws Exception {
        return reply(port.updateDevicePNID(componentType, user(user), serialNumber, devicePNID), null);
    }

    @Override
    public Reply<List<Attribute>> execute(String command, List<Attribute> attributes) throws Exception {
        ProvisioningAttribute[] sent = attributes.stream().map(a -> new ProvisioningAttribute(a.value(), "PROVFLD_" + a.name(),
            a.masked() ? new AttributeOptions(null, null, true) : null)).toArray(ProvisioningAttribute[]::new);
        ProvisioningResults results = port.provisioningExecute(command, sent);
        List<Attribute> replied = new ArrayList<>();
        for (ProvisioningAttribute a : results.getResultAttribute()) {
            boolean masked = a.getAttributeOptions() != null && Boolean.TRUE.equals(a.getAttributeOptions().getMasked());
            replied.add(new Attribute(a.getAttributeID().substring("PROVFLD_".length()), a.getValue(), masked));
        }
        return reply(results.getResultCodes(), results.getErrorStack(), replied);
    }

    @Override
    public Fault callUnknown() throws Exception {
        SimpleChain request = new SimpleChain();
        request.addHandler(new Rename());
        SimpleProvider configuration = new SimpleProvider();
        configuration.deployTransport(HTTPTransport.DEFAULT_TRANSPORT_NAME, new SimpleTargetedChain(request, new HTTPSender(), null));
        ProvisioningPortType other = new ProvisioningServiceLocator(configuration).getProvisioningPort(endpoint);
        try {
            other.updateDevicePNID("srp-component", new UserInput("user1", null), "VDS1000140", "00");
        } catch (ProvisioningFault fault) {
            return new Fault(fault.getFaultCode().getLocalPart(), fault.getFaultString(), fault.getReason(), fault.getRequestID());
        }
        throw new AssertionError("an unknown operation was no fault");
    }

    /** Sends another operation than the one that the program called. */
    private static final class Rename extends BasicHandler {
        private static final long serialVersionUID = 1;

        @Override
        public void invoke(MessageContext context) throws AxisFault {
            context.getRequestMessage().getSOAPEnvelope().getFirstBody().setName("dsappSRPForget");
        }
    }

    private static <R> Reply<R> reply(CommandStatusResponse status, R result) {
        return reply(status.getResultCodes(), status.getErrorStack(), result);
    }

    private static <R> Reply<R> reply(ResultCodes codes, ErrorStackEntry[] stack, R result) {
        List<Entry> errors = Arrays.stream(stack).map(e -> new Entry(e.getErrorCode(), e.getErrorDesc())).toList();
        return new Reply<>(codes.getReturnCodeEnum(), codes.getStatusCodeEnum(), codes.getReturnCode(), codes.getStatusCode(),
            errors, result);
    }

    private static Data data(DSAPPSRPGenerateActivationDataResult r) {
        return new Data(r.getStandard() == null ? null : item(r.getStandard().getActivationCode()),
            r.getStandard() == null ? null : item(r.getStandard().getEventReactivationCounter()),
            r.getMdl() == null ? null : item(r.getMdl().getActivationMessage()), r.getServerEvidenceMessage());
    }

    private static Item item(DSAPPSRPEncryptedData item) {
        return new Item(item.getEncryptedData(), item.getEncryptedCounter(), item.getMac());
    }

    private static UserInput user(User user) {
        return new UserInput(user.userID(), user.domain());
    }

    private static User user(UserOutput user) {
        return new User(user.getUserID(), user.getDomain(), user.getOrgUnit());
    }
}
