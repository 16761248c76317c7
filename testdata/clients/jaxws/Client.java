import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.xml.namespace.QName;
import jakarta.xml.soap.SOAPBody;
import jakarta.xml.soap.SOAPException;
import jakarta.xml.soap.SOAPFault;
import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.Holder;
import jakarta.xml.ws.handler.MessageContext;
import jakarta.xml.ws.handler.soap.SOAPHandler;
import jakarta.xml.ws.handler.soap.SOAPMessageContext;

import beans.Beans;
import com.vasco.identikeyserver.identikeytypes.basictypes.CommandStatusResponse;
import com.vasco.identikeyserver.identikeytypes.provisioning.ProvisioningException;
import com.vasco.identikeyserver.identikeytypes.provisioning.ProvisioningPortType;
import com.vasco.identikeyserver.identikeytypes.provisioning.ProvisioningService;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPActivateResult;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPGenerateActivationDataResult;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPGenerateEphemeralKeyResult;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPRegisterResult2;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.GetAppUpgradeInfoResult;
import customer.Customer;
import customer.Service;

/** The customer's program over JAX-WS. Usage: Client provisioning.wsdl ENDPOINT */
public final class Client implements Service {
    private final ProvisioningPortType port;

    private Client(ProvisioningPortType port) {
        this.port = port;
    }

    public static void main(String[] args) throws Exception {
        URL wsdl = Path.of(args[0]).toUri().toURL();
        ProvisioningPortType port = new ProvisioningService(wsdl).getProvisioningPort();
        ((BindingProvider) port).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, args[1]);
        Customer.run(new Client(port));
        System.exit(0); // some toolkits keep threads
    }

    @Override
    public Reply<Registered> register(String componentType, User user, String password, Integer activationType, String serialNumber)
            throws Exception {
        Holder<CommandStatusResponse> status = new Holder<>();
        Holder<DSAPPSRPRegisterResult2> result = new Holder<>();
        port.dsappSRPRegister(activationType, componentType, Beans.user(user), Beans.password(password), serialNumber, status, result);
        return Beans.reply(status.value, Beans.registered(result.value));
    }

    @Override
    public Reply<Keys> generateEphemeralKey(String componentType, String registrationID, String clientKey) throws Exception {
        Holder<CommandStatusResponse> status = new Holder<>();
        Holder<DSAPPSRPGenerateEphemeralKeyResult> result = new Holder<>();
        port.dsappSRPGenerateEphemeralKey(componentType, registrationID, clientKey, status, result);
        return Beans.reply(status.value, Beans.keys(result.value));
    }

    @Override
    public Reply<Data> generateActivationData(String componentType, String registrationID, String evidence) throws Exception {
        Holder<CommandStatusResponse> status = new Holder<>();
        Holder<DSAPPSRPGenerateActivationDataResult> result = new Holder<>();
        port.dsappSRPGenerateActivationData(componentType, registrationID, evidence, status, result);
        return Beans.reply(status.value, Beans.data(result.value));
    }

    @Override
    public Reply<Activated> activate(String componentType, String registrationID, String response, String derivationCode)
            throws Exception {
        Holder<CommandStatusResponse> status = new Holder<>();
        Holder<DSAPPSRPActivateResult> result = new Holder<>();
        port.dsappSRPActivate(componentType, registrationID, Beans.proof(response, derivationCode), status, result);
        return Beans.reply(status.value, Beans.activated(result.value));
    }

    @Override
    public Reply<String> getAppUpgradeInfo(String componentType, User user, String serialNumber) throws Exception {
        Holder<CommandStatusResponse> status = new Holder<>();
        Holder<GetAppUpgradeInfoResult> result = new Holder<>();
        port.getAppUpgradeInfo(componentType, Beans.user(user), serialNumber, status, result);
        return Beans.reply(status.value, result.value == null ? null : result.value.getUpgradeMessage());
    }

    @Override
    public Reply<Void> updateDevicePNID(String componentType, User user, String serialNumber, String devicePNID) throws Exception {
        return Beans.reply(port.updateDevicePNID(componentType, Beans.user(user), serialNumber, devicePNID), null);
    }

    @Override
    public Reply<List<Attribute>> execute(String command, List<Attribute> attributes) throws Exception {
        return Beans.reply(port.provisioningExecute(command, Beans.attributes(attributes)));
    }

    @Override
    public Fault callUnknown() throws Exception {
        Rename rename = new Rename();
        ((BindingProvider) port).getBinding().setHandlerChain(List.of(rename));
        try {
            updateDevicePNID("srp-component", new User("user1", null, null), "VDS1000140", "00");
        } catch (ProvisioningException e) {
            return new Fault(rename.code, e.getMessage(), e.getFaultInfo().getReason(), e.getFaultInfo().getRequestID());
        }
        throw new AssertionError("an unknown operation was no fault");
    }

    /** Sends another operation than the one that the program called. */
    private static final class Rename implements SOAPHandler<SOAPMessageContext> {
        private String code;

        @Override
        public boolean handleMessage(SOAPMessageContext context) {
            if (Boolean.TRUE.equals(context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY))) {
                try {
                    SOAPBody body = context.getMessage().getSOAPBody();
                    String namespace = body.getFirstChild().getNamespaceURI();
                    body.removeContents();
                    body.addChildElement(new QName(namespace, "dsappSRPForget"));
                } catch (SOAPException e) {
                    throw new IllegalStateException(e);
                }
            }
            return true;
        }

        @Override
        public boolean handleFault(SOAPMessageContext context) {
            try {
                SOAPFault fault = context.getMessage().getSOAPBody().getFault();
                code = fault.getFaultCodeAsQName().getLocalPart();
            } catch (SOAPException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }

        @Override
        public void close(MessageContext context) {}

        @Override
        public Set<QName> getHeaders() {
            return Set.of();
        }
    }
}
