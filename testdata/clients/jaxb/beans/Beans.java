package beans;

import java.util.ArrayList;
import java.util.List;

import com.vasco.identikeyserver.identikeytypes.basictypes.CommandStatusResponse;
import com.vasco.identikeyserver.identikeytypes.basictypes.ErrorStack;
import com.vasco.identikeyserver.identikeytypes.basictypes.ResultCodes;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.ActivateCredentialInput;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.AttributeOptions;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.AttributeSet;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPActivateResult;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPEncryptedData;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPGenerateActivationDataResult;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPGenerateEphemeralKeyResult;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.DSAPPSRPRegisterResult2;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.ProvisioningAttribute;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.ProvisioningResults;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.RegisterCredentialInput;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.UserInput;
import com.vasco.identikeyserver.identikeytypes.provisioningtypes.UserOutput;
import customer.Service.Activated;
import customer.Service.Attribute;
import customer.Service.Data;
import customer.Service.Entry;
import customer.Service.Item;
import customer.Service.Keys;
import customer.Service.Registered;
import customer.Service.Reply;
import customer.Service.User;

/** Between a customer's values and the classes that JAXB's compiler makes of the schemas, whichever JAXB it is. */
public final class Beans {
    private Beans() {}

    public static UserInput user(User user) {
        UserInput out = new UserInput();
        out.setUserID(user.userID());
        out.setDomain(user.domain());
        return out;
    }

    public static RegisterCredentialInput password(String password) {
        RegisterCredentialInput out = new RegisterCredentialInput();
        out.setStaticPassword(password);
        return out;
    }

    public static ActivateCredentialInput proof(String response, String derivationCode) {
        ActivateCredentialInput out = new ActivateCredentialInput();
        out.setResponse(response);
        out.setDerivationCode(derivationCode);
        return out;
    }

    public static AttributeSet attributes(List<Attribute> attributes) {
        AttributeSet out = new AttributeSet();
        for (Attribute attribute : attributes) {
            ProvisioningAttribute made = new ProvisioningAttribute();
            made.setAttributeID("PROVFLD_" + attribute.name());
            made.setValue(attribute.value());
            if (attribute.masked()) {
                made.setAttributeOptions(new AttributeOptions());
                made.getAttributeOptions().setMasked(true);
            }
            out.getAttributes().add(made);
        }
        return out;
    }

    public static <R> Reply<R> reply(CommandStatusResponse status, R result) {
        return reply(status.getResultCodes(), status.getErrorStack(), result);
    }

    public static Reply<List<Attribute>> reply(ProvisioningResults results) {
        List<Attribute> attributes = new ArrayList<>();
        for (ProvisioningAttribute a : results.getResultAttribute().getAttributes()) {
            boolean masked = a.getAttributeOptions() != null && Boolean.TRUE.equals(a.getAttributeOptions().isMasked());
            attributes.add(new Attribute(a.getAttributeID().substring("PROVFLD_".length()), a.getValue(), masked));
        }
        return reply(results.getResultCodes(), results.getErrorStack(), attributes);
    }

    private static <R> Reply<R> reply(ResultCodes codes, ErrorStack stack, R result) {
        List<Entry> errors = stack.getErrors().stream().map(e -> new Entry(e.getErrorCode(), e.getErrorDesc())).toList();
        return new Reply<>(codes.getReturnCodeEnum(), codes.getStatusCodeEnum(), codes.getReturnCode(), codes.getStatusCode(),
            errors, result);
    }

    public static Registered registered(DSAPPSRPRegisterResult2 r) {
        return r == null ? null : new Registered(r.getRegistrationID(), r.getActivationPassword(), user(r.getUser()),
            r.getSerialNumber(), r.getDigipassGatewayID());
    }

    public static Keys keys(DSAPPSRPGenerateEphemeralKeyResult r) {
        return r == null ? null : new Keys(r.getServerEphemeralPublicKey(), r.getSalt());
    }

    public static Data data(DSAPPSRPGenerateActivationDataResult r) {
        if (r == null) {
            return null;
        }
        return new Data(r.getStandard() == null ? null : item(r.getStandard().getActivationCode()),
            r.getStandard() == null ? null : item(r.getStandard().getEventReactivationCounter()),
            r.getMdl() == null ? null : item(r.getMdl().getActivationMessage()), r.getServerEvidenceMessage());
    }

    public static Activated activated(DSAPPSRPActivateResult r) {
        return r == null ? null : new Activated(user(r.getUser()), r.getSerialNumber());
    }

    private static Item item(DSAPPSRPEncryptedData item) {
        return new Item(item.getEncryptedData(), item.getEncryptedCounter(), item.getMac());
    }

    private static User user(UserOutput user) {
        return new User(user.getUserID(), user.getDomain(), user.getOrgUnit());
    }
}
