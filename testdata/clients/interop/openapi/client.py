"""Both ways to enrol, with the client that openapi-generator makes; it has to
be on PYTHONPATH, beside the folder python.
Usage: client.py http://127.0.0.1:PORT KEY"""

import sys

import openapi_client as api
from dsapp import Device

CHECKS = 0
ANDROID = 7


def check(what, got, want):
    global CHECKS
    CHECKS += 1
    print(f"{what}: {got}")
    assert got == want, f"{what} is {got!r}, not {want!r}"


def refused(status, words, call, *arguments):
    try:
        got = call(*arguments)
    except api.ApiException as refusal:
        check("refusal", (refusal.status, words in refusal.body), (status, True))
    else:
        raise AssertionError(f"not refused: {got}")


def finish(activation, device, added):
    device.open(added.activation_message2)
    check("instance", added.serial_number, device.name)
    done = activation.activate(added.registration_id, api.ActivateInput(signature=device.signature()))
    check("activated", done.serial_number, device.name)


def in_one_call(client):
    """Fills a licence for two devices."""
    activation, codes = api.ActivationApi(client), api.VisualCodesApi(client)
    register = api.RegisterUserInput(objectType="RegisterUserInputEx", userID="josh", activationType="offlineMDL")
    for _ in range(2):
        first = activation.register_user(register)
        check("picture", bytes(codes.render_query("QR", first.activation_password))[:4], b"\x89PNG")
        device = Device(first.activation_password, ANDROID)
        finish(activation, device, activation.add_device(first.registration_id, api.AddDeviceInput(deviceCode=device.device_code())))
        wait = api.CheckStatusInputTimeoutSeconds(1)
        check("status", activation.check_status(api.CheckStatusInput(login="josh", timeoutSeconds=wait)).activation_status, "activated")
    refused(409, "License activation limit reached.", activation.register_user, register)


def in_single_steps(client):
    """The device of user6 reads the message before there is a registration."""
    activation, authenticators = api.ActivationApi(client), api.AuthenticatorsApi(client)
    changed = api.UsersApi(client).put_user("user6@master", api.UserChange(emailAddress="six@example.com"))
    check("e-mail address", changed.email_address, "six@example.com")
    serial = authenticators.list_authenticators(type="MDL", user_id="user6").authenticators[0].serial_number
    device = Device(authenticators.generate_activation_message(serial).activation_message, ANDROID)
    opened = activation.add_registration(api.AddRegistrationInput(
        userID="user6", serialNumber=serial, deviceCode=device.device_code(), activationType="offlineMDL"))
    finish(activation, device, opened)


def log_in(client):
    login = api.LoginApi(client)
    credentials = api.LoginInputCredentials(authenticator=api.LoginInputCredentialsAuthenticator(OTP="755224"))
    given = api.LoginInput(objectType="LoginInput", credentials=credentials)
    check("session", login.login("user2@master", given).session_status, "accepted")
    refused(409, "Authentication failed", login.login, "user2@master", given)
    refused(404, "nobody", api.UsersApi(client).get_user, "nobody")


def main():
    base, key = sys.argv[1:3]
    with api.ApiClient(api.Configuration(host=base + "/v1", access_token=key)) as client:
        in_one_call(client)
        in_single_steps(client)
        log_in(client)
    print(f"the whole flow: {CHECKS} checks passed")


main()
