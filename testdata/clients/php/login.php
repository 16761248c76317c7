<?php
// A customer's program over php-soap that logs users of the sample data in and
// has them sign: both outcomes of every operation of the authentication and the
// signature interface. It also reads each reply as text whose prefixes are taken out, as some customers do.
// Usage: login.php 'http://127.0.0.1:PORT/?wsdl=authentication'
declare(strict_types=1);

$checks = 0;

function check(string $what, mixed $got, mixed $want): void
{
    global $checks;
    $checks++;
    if ($got !== $want) {
        throw new Exception("$what is " . var_export($got, true) . ', not ' . var_export($want, true));
    }
}

// The attributes of a reply, read from its text once the prefixes are gone.
function withoutPrefixes(string $reply): array
{
    $bare = str_ireplace(['soap-env:', 'auth-types:', 'sign-types:'], '', $reply);
    check('a bare Body', preg_match('~<Body><\w+Response>~', $bare), 1);
    preg_match_all('~<attributes><value xsi:type="[^"]+">([^<]*)</value><attributeID>(?:CRED|SIGN)FLD_(\w+)</attributeID></attributes>~', $bare, $found, PREG_SET_ORDER);
    return array_column($found, 1, 2);
}

function call(SoapClient $client, string $operation, array $values): array
{
    $set = [];
    $signs = in_array($operation, ['genRequest', 'authSignature'], true);
    foreach ($values as $name => $value) {
        $type = is_int($value) ? XSD_UNSIGNEDINT : XSD_STRING;
        $set[] = ['attributeID' => ($signs ? 'SIGNFLD_' : 'CREDFLD_') . $name, 'value' => new SoapVar($value, $type)];
    }
    $reply = $client->$operation([$signs ? 'attributeSet' : 'credentialAttributeSet' => ['attributes' => $set]]);
    $results = $reply->authUserResults->results ?? $reply->results;
    printf("%-30s %s\n", $operation, $results->resultCodes->statusCodeEnum);
    $got = withoutPrefixes($client->__getLastResponse());
    return [$results, $got];
}

function granted(SoapClient $client, string $operation, array $values): array
{
    [$results, $got] = call($client, $operation, $values);
    check('returnCode', $results->resultCodes->returnCode, 0);
    check('errors', isset($results->errorStack->errors), false);
    return $got;
}

function refused(SoapClient $client, string $status, string $operation, array $values): void
{
    [$results, $got] = call($client, $operation, $values);
    check('statusCodeEnum', $results->resultCodes->statusCodeEnum, $status);
    check('returnCode', $results->resultCodes->returnCode, -1);
    check('message', $got['STATUS_MESSAGE'], $results->errorStack->errors->errorDesc);
}

$client = new SoapClient($argv[1], ['cache_wsdl' => WSDL_CACHE_NONE, 'trace' => true]);
$login = ['COMPONENT_TYPE' => 'SOAP Auth Client', 'PASSWORD_FORMAT' => 0];
$got = granted($client, 'authUser', $login + ['USERID' => 'user7', 'PASSWORD' => '1234755224']);
check('who', [$got['USERID'], $got['DOMAIN'], $got['SERIAL_NO']], ['user7', 'master', 'VDS1000150']);
refused($client, 'STAT_OTP_INCORRECT', 'authUser', $login + ['USERID' => 'user7', 'PASSWORD' => '0000287082']);
refused($client, 'STAT_LOCAL_PASSWORD_MISMATCH', 'authUser', $login + ['USERID' => 'user1', 'PASSWORD' => 'wrong']);
granted($client, 'authUser', $login + ['USERID' => 'user1', 'PASSWORD' => 'Password2']);
$got = granted($client, 'getChallenge', ['COMPONENT_TYPE' => 'SOAP Auth Client']);
check('length of the challenge', strlen($got['CHALLENGE']), 8);
refused($client, 'STAT_PERMISSION', 'getChallenge', ['COMPONENT_TYPE' => 'srp-component']);
$update = ['COMPONENT_TYPE' => 'SOAP Auth Client', 'USERID' => 'user3', 'NEW_STATIC_PASSWORD' => 'Frupper.1', 'CONFIRM_STATIC_PASSWORD' => 'Frupper.1'];
refused($client, 'STAT_INVCREDENTIALS', 'updatePassword', $update + ['STATIC_PASSWORD' => 'wrong']);
granted($client, 'updatePassword', $update + ['STATIC_PASSWORD' => 'Password2']);
$who = ['COMPONENT_TYPE' => 'SOAP Auth Client', 'USERID' => 'user7'];
$got = granted($client, 'getSecureChallenge', $who + ['CHALLENGE_MESSAGE' => 'From Vienna?']);
check('what the device is sent', substr($got['REQUEST_MESSAGE'], 0, 4), '0103');
$key = ['CHALLENGE_KEY' => $got['CHALLENGE_KEY']];
granted($client, 'cancelAuthUser', $who + $key);
refused($client, 'STAT_NOT_FOUND', 'cancelAuthUser', $who + $key);
refused($client, 'STAT_MISSINGFLD', 'getSecureChallenge', $who);

$signer = new SoapClient(str_replace('authentication', 'signature', $argv[1]), ['cache_wsdl' => WSDL_CACHE_NONE, 'trace' => true]);
// What an authenticator with the secret of RFC 4226 makes of these fields by its
// next event but one.
$signed = ['DATA_FIELD_1' => 'DE89370400440532013000', 'DATA_FIELD_2' => '100.00', 'DATA_FIELD_3' => 'EUR', 'SIGNATURE' => '494511'];
$got = granted($signer, 'authSignature', $who + $signed);
check('who signed', [$got['USERID'], $got['SERIAL_NO'], $got['VERIFIED_EVENT_VALUE']], ['user7', 'VDS1000150', '2']);
refused($signer, 'STAT_INVCREDENTIALS', 'authSignature', $who + $signed);
$got = granted($signer, 'genRequest', $who + ['REQUEST_BODY' => 'Order 1234']);
check('what the device is sent', substr($got['REQUEST_MESSAGE'], 0, 4), '0104');
refused($signer, 'STAT_INVCREDENTIALS', 'authSignature', $who + ['REQUEST_KEY' => $got['REQUEST_KEY'], 'SIGNATURE' => '000000']);
refused($signer, 'STAT_INVPARAM', 'genRequest', $who);
echo "the whole flow: $checks checks passed\n";
