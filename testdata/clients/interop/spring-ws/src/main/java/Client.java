import java.util.List;

import beans.Beans;
import com.vasco.identikeyserver.identikeytypes.provisioning.*;
import customer.Customer;
import customer.Service;
import org.springframework.oxm.jaxb.Jaxb2Marshaller;
import org.springframework.ws.client.core.WebServiceTemplate;
import org.springframework.ws.soap.client.SoapFaultClientException;
import org.springframework.xml.transform.StringResult;
import org.springframework.xml.transform.StringSource;

/** The customer's program over Spring-WS. Usage: Client provisioning.wsdl ENDPOINT */
public final class Client implements Service {
    private final Jaxb2Marshaller marshaller = new Jaxb2Marshaller();
    private final WebServiceTemplate template;

    private Client(String endpoint) throws Exception {
        String packages = "com.vasco.identikeyserver.identikeytypes.";
        marshaller.setContextPaths(packages + "basictypes", packages + "provisioning", packages + "provisioningtypes");
        marshaller.afterPropertiesSet();
        template = new WebServiceTemplate(marshaller);
        template.setDefaultUri(endpoint);
        template.afterPropertiesSet();
    }

    public static void main(String[] args) throws Exception {
        Customer.run(new Client(args[1]));
    }

    private <R> R call(Object request, Class<R> reply) {
        return reply.cast(template.marshalSendAndReceive(request));
    }

    @Override
    public Reply<Registered> register(String componentType, User user, String password, Integer activationType, String serialNumber) {
        DsappSRPRegister request = new DsappSRPRegister();
        request.setActivationType(activationType);
        request.setComponentType(componentType);
        request.setUser(Beans.user(user));
        request.setCredential(Beans.password(password));
        request.setSerialNumber(serialNumber);
        DsappSRPRegisterResponse reply = call(request, DsappSRPRegisterResponse.class);
        return Beans.reply(reply.getStatus(), Beans.registered(reply.getResult()));
    }

    @Override
    public Reply<Keys> generateEphemeralKey(String componentType, String registrationID, String clientKey) {
        DsappSRPGenerateEphemeralKey request = new DsappSRPGenerateEphemeralKey();
        request.setComponentType(componentType);
        request.setRegistrationID(registrationID);
        request.setClientEphemeralPublicKey(clientKey);
        DsappSRPGenerateEphemeralKeyResponse reply = call(request, DsappSRPGenerateEphemeralKeyResponse.class);
        return Beans.reply(reply.getStatus(), Beans.keys(reply.getResult()));
    }

    @Override
    public Reply<Data> generateActivationData(String componentType, String registrationID, String evidence) {
        DsappSRPGenerateActivationData request = new DsappSRPGenerateActivationData();
        request.setComponentType(componentType);
        request.setRegistrationID(registrationID);
        request.setClientEvidenceMessage(evidence);
        DsappSRPGenerateActivationDataResponse reply = call(request, DsappSRPGenerateActivationDataResponse.class);
        return Beans.reply(reply.getStatus(), Beans.data(reply.getResult()));
    }

    @Override
    public Reply<Activated> activate(String componentType, String registrationID, String response, String derivationCode) {
        DsappSRPActivate request = new DsappSRPActivate();
        request.setComponentType(componentType);
        request.setRegistrationID(registrationID);
        request.setCredential(Beans.proof(response, derivationCode));
        DsappSRPActivateResponse reply = call(request, DsappSRPActivateResponse.class);
        return Beans.reply(reply.getStatus(), Beans.activated(reply.getResult()));
    }

    @Override
    public Reply<String> getAppUpgradeInfo(String componentType, User user, String serialNumber) {
        GetAppUpgradeInfo request = new GetAppUpgradeInfo();
        request.setComponentType(componentType);
        request.setUser(Beans.user(user));
        request.setSerialNumber(serialNumber);
        GetAppUpgradeInfoResponse reply = call(request, GetAppUpgradeInfoResponse.class);
        return Beans.reply(reply.getStatus(), reply.getResult() == null ? null : reply.getResult().getUpgradeMessage());
    }

    @Override
    public Reply<Void> updateDevicePNID(String componentType, User user, String serialNumber, String devicePNID) {
        UpdateDevicePNID request = new UpdateDevicePNID();
        request.setComponentType(componentType);
        request.setUser(Beans.user(user));
        request.setSerialNumber(serialNumber);
        request.setDevicePNID(devicePNID);
        return Beans.reply(call(request, UpdateDevicePNIDResponse.class).getStatus(), null);
    }

    @Override
    public Reply<List<Attribute>> execute(String command, List<Attribute> attributes) {
        ProvisioningExecute request = new ProvisioningExecute();
        request.setCmd(command);
        request.setAttributeSet(Beans.attributes(attributes));
        return Beans.reply(call(request, ProvisioningExecuteResponse.class).getResults());
    }

    @Override
    public Fault callUnknown() throws Exception {
        String unknown = "<dsappSRPForget xmlns='http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning'/>";
        try {
            template.sendSourceAndReceiveToResult(new StringSource(unknown), new StringResult());
        } catch (SoapFaultClientException e) {
            ProvisioningFault detail = (ProvisioningFault) marshaller.unmarshal(
                e.getSoapFault().getFaultDetail().getDetailEntries().next().getSource());
            return new Fault(e.getFaultCode().getLocalPart(), e.getFaultStringOrReason(), detail.getReason(), detail.getRequestID());
        }
        throw new AssertionError("an unknown operation was no fault");
    }
}
