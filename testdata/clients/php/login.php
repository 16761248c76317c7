<?php
// A customer's program over php-soap that logs users of the sample data in:
// both outcomes of every operation of the authentication interface. It also
// reads each reply as text whose prefixes are taken out, as some customers do.
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
    $bare = str_ireplace(['soap-env:', 'auth-types:'], '', $reply);
    check('a bare Body', preg_match('~<Body><\w+Response>~', $bare), 1);
    preg_match_all('~<attributes><value xsi:type="[^"]+">([^<]*)</value><attributeID>CREDFLD_(\w+)</attributeID></attributes>~', $bare, $found, PREG_SET_ORDER);
    return array_column($found, 1, 2);
}

function call(SoapClient $client, string $operation, array $values): array
{
    $set = [];
    foreach ($values as $name => $value) {
        $type = is_int($value) ? XSD_UNSIGNEDINT : XSD_STRING;
        $set[] = ['attributeID' => "CREDFLD_$name", 'value' => new SoapVar($value, $type)];
    }
    $reply = $client->$operation(['credentialAttributeSet' => ['attributes' => $set]]);
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
echo "the whole flow: $checks checks passed\n";
