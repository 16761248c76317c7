import java.io.File;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.ActivationApi;
import org.openapitools.client.api.AuthenticatorsApi;
import org.openapitools.client.api.LoginApi;
import org.openapitools.client.api.UsersApi;
import org.openapitools.client.api.VisualCodesApi;
import org.openapitools.client.model.ActivateInput;
import org.openapitools.client.model.AddDeviceInput;
import org.openapitools.client.model.AddRegistrationInput;
import org.openapitools.client.model.CheckStatusInput;
import org.openapitools.client.model.CheckStatusInputTimeoutSeconds;
import org.openapitools.client.model.LoginInput;
import org.openapitools.client.model.LoginInputCredentials;
import org.openapitools.client.model.LoginInputCredentialsAuthenticator;
import org.openapitools.client.model.RegisterUserInput;
import org.openapitools.client.model.RegisterUserOutput;
import org.openapitools.client.model.UserChange;

import phone.Device;

/**
 * Both ways to enrol, with the client that openapi-generator makes.
 * Usage: Client http://127.0.0.1:PORT KEY
 */
public final class Client {
    private static final int ANDROID = 7;

    private final ActivationApi activation;
    private final AuthenticatorsApi authenticators;
    private final LoginApi login;
    private final UsersApi users;
    private final VisualCodesApi codes;
    private int checks;

    private Client(ApiClient api) {
        activation = new ActivationApi(api);
        authenticators = new AuthenticatorsApi(api);
        login = new LoginApi(api);
        users = new UsersApi(api);
        codes = new VisualCodesApi(api);
    }

    public static void main(String[] arguments) throws Exception {
        ApiClient api = new ApiClient();
        api.updateBaseUri(arguments[0] + "/v1");
        api.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + arguments[1]));
        Client client = new Client(api);
        client.inOneCall();
        client.inSingleSteps();
        client.logIn();
        System.out.printf("the whole flow: %d checks passed%n", client.checks);
    }

    private RegisterUserOutput register() throws ApiException {
        return activation.registerUser(new RegisterUserInput().objectType(RegisterUserInput.ObjectTypeEnum.REGISTER_USER_INPUT_EX)
            .userID("josh").activationType(RegisterUserInput.ActivationTypeEnum.OFFLINE_MDL), null);
    }

    /** Fills a licence for two devices. */
    private void inOneCall() throws Exception {
        for (int i = 0; i < 2; i++) {
            RegisterUserOutput first = register();
            File picture = codes.renderQuery("QR", first.getActivationPassword());
            check("picture", Files.readAllBytes(picture.toPath())[1], (byte) 'P');
            picture.delete();
            Device device = new Device(first.getActivationPassword(), ANDROID);
            String id = first.getRegistrationID();
            finish(device, activation.addDevice(id, new AddDeviceInput().deviceCode(device.deviceCode()), null));
            CheckStatusInput status = new CheckStatusInput().login("josh").timeoutSeconds(new CheckStatusInputTimeoutSeconds(1));
            check("status", activation.checkStatus(status).getActivationStatus().getValue(), "activated");
        }
        refused(409, "License activation limit reached.", this::register);
    }

    private void finish(Device device, org.openapitools.client.model.Device added) throws ApiException {
        device.open(added.getActivationMessage2());
        check("instance", added.getSerialNumber(), device.name());
        check("activated", activation.activate(added.getRegistrationID(), new ActivateInput().signature(device.signature()), null).getSerialNumber(), device.name());
    }

    /** The device of user6 reads the message before there is a registration. */
    private void inSingleSteps() throws Exception {
        check("e-mail address", users.putUser("user6@master", new UserChange().emailAddress("six@example.com")).getEmailAddress(), "six@example.com");
        String serial = authenticators.listAuthenticators("*", null, "MDL", "true", "user6", 0, 20).getAuthenticators().get(0).getSerialNumber();
        Device device = new Device(authenticators.generateActivationMessage(serial, null, Map.of()).getActivationMessage(), ANDROID);
        finish(device, activation.addRegistration(new AddRegistrationInput().userID("user6").serialNumber(serial).deviceCode(device.deviceCode())
            .activationType(AddRegistrationInput.ActivationTypeEnum.OFFLINE_MDL), null));
    }

    private void logIn() throws Exception {
        LoginInput input = new LoginInput().objectType(LoginInput.ObjectTypeEnum.LOGIN_INPUT).credentials(
            new LoginInputCredentials().authenticator(new LoginInputCredentialsAuthenticator().OTP("755224")));
        check("session", login.login("user2@master", input, null).getSessionStatus().getValue(), "accepted");
        refused(409, "Authentication failed", () -> login.login("user2@master", input, null));
        refused(404, "nobody", () -> users.getUser("nobody"));
    }

    private interface Call {
        Object make() throws ApiException;
    }

    private void refused(int status, String words, Call call) {
        try {
            throw new AssertionError("not refused: " + call.make());
        } catch (ApiException e) {
            check("refusal", List.of(e.getCode(), e.getResponseBody().contains(words)), List.of(status, true));
            check("log-correlation-id", e.getResponseHeaders().firstValue("log-correlation-id").isPresent(), true);
        }
    }

    private void check(String what, Object got, Object want) {
        checks++;
        System.out.println(what + ": " + got);
        if (!Objects.equals(got, want)) {
            throw new AssertionError(what + " is " + got + ", not " + want);
        }
    }
}
