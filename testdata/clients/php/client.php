<?php
// A customer's program over php-soap: takes users of the sample data through
// whole activations, checks every field of every reply, and meets the
// refusals and the faults. Usage: client.php http://127.0.0.1:PORT/?wsdl
declare(strict_types=1);

require __DIR__ . '/dsapp.php';

final class DSAPPSRPRegisterResult2
{
    public string $registrationID;
    public string $activationPassword;
    public object $user;
    public string $serialNumber;
    public string $digipassGatewayID;
}

final class Customer
{
    public int $checks = 0;
    private SoapClient $client;

    public function __construct(public string $wsdl, array $options = [])
    {
        $this->client = new SoapClient($wsdl, $options + [
            'cache_wsdl' => WSDL_CACHE_NONE,
            'classmap' => ['DSAPPSRPRegisterResult2' => DSAPPSRPRegisterResult2::class],
            'trace' => true,
        ]);
    }

    public function check(string $what, mixed $got, mixed $want): void
    {
        $this->checks++;
        if ($got !== $want) {
            throw new Exception("$what is " . var_export($got, true) . ', not ' . var_export($want, true));
        }
    }

    public function call(string $operation, array $fields): object
    {
        $reply = $this->client->$operation($fields);
        printf("%-30s %s\n", $operation, ($reply->status ?? $reply->results)->resultCodes->statusCodeEnum);
        return $reply;
    }

    private function checkCodes(object $status, int $return, string $returnEnum, int $code, string $enum): void
    {
        $this->check('resultCodes', (array) $status->resultCodes, [
            'returnCodeEnum' => $returnEnum,
            'statusCodeEnum' => $enum,
            'returnCode' => $return,
            'statusCode' => $code,
        ]);
    }

    // The result, which an operation without one lacks.
    public function granted(string $operation, array $fields): ?object
    {
        $reply = $this->call($operation, $fields);
        $this->checkCodes($reply->status, 0, 'RET_SUCCESS', 0, 'STAT_SUCCESS');
        $this->check('errorStack', (array) $reply->status->errorStack, []);
        return $reply->result ?? null;
    }

    public function refused(int $code, string $enum, string $operation, array $fields): string
    {
        $reply = $this->call($operation, $fields);
        $this->checkCodes($reply->status, -1, 'RET_FAILURE', $code, $enum);
        $this->check('result', isset($reply->result), false);
        $error = $reply->status->errorStack->errors;
        $this->check('errorCode', $error->errorCode, $code);
        $this->check('errorDesc has words', $error->errorDesc !== '', true);
        return $error->errorDesc;
    }

    public function register(string $userID, string $serial, array $fields = []): DSAPPSRPRegisterResult2
    {
        $result = $this->granted('dsappSRPRegister', registration($userID, $fields));
        $this->check('type of result', get_class($result), DSAPPSRPRegisterResult2::class);
        $this->check('length of registrationID', strlen($result->registrationID), 8);
        $this->check('length of activationPassword', strlen($result->activationPassword), 8);
        $this->check('digipassGatewayID', $result->digipassGatewayID, '0123456789');
        $this->checkHolder($result, $userID, $serial);
        return $result;
    }

    public function checkHolder(object $result, string $userID, string $serial, array $more = []): void
    {
        $this->check('user', (array) $result->user, ['userID' => $userID, 'domain' => 'master'] + $more);
        $this->check('serialNumber', $result->serialNumber, $serial);
    }

    public function exchange(DSAPPSRPRegisterResult2 $registration): Exchange
    {
        $exchange = new Exchange($registration->registrationID, $registration->activationPassword);
        $result = $this->granted('dsappSRPGenerateEphemeralKey', [
            'componentType' => 'srp-component',
            'registrationID' => $registration->registrationID,
            'clientEphemeralPublicKey' => $exchange->publicKey(),
        ]);
        $this->check('length of B', strlen($result->serverEphemeralPublicKey), 512);
        $this->check('length of salt', strlen($result->salt), 32);
        $exchange->prove($result->salt, $result->serverEphemeralPublicKey);
        return $exchange;
    }

    // Returns the opened items.
    public function deliver(DSAPPSRPRegisterResult2 $registration): array
    {
        $exchange = $this->exchange($registration);
        $result = $this->granted('dsappSRPGenerateActivationData', proof($registration, $exchange->M1));
        $this->check('mdl', isset($result->mdl), false);
        $exchange->confirm($result->serverEvidenceMessage);
        $opened = [];
        foreach (['activationCode', 'eventReactivationCounter'] as $name) {
            $opened[] = $exchange->open($name, $result->standard->$name);
        }
        return $opened;
    }

    public function activate(DSAPPSRPRegisterResult2 $registration, array $credential, string $component = 'srp-component'): void
    {
        $result = $this->granted('dsappSRPActivate', activation($registration, $credential, $component));
        $this->checkHolder($result, $registration->user->userID, $registration->serialNumber);
    }

    public function lastResponseHeaders(): string
    {
        return $this->client->__getLastResponseHeaders();
    }
}

function registration(string $userID, array $fields = []): array
{
    return $fields + [
        'componentType' => 'srp-component',
        'user' => ['userID' => $userID, 'domain' => 'master'],
        'credential' => ['staticPassword' => 'Password2'],
    ];
}

function proof(DSAPPSRPRegisterResult2 $registration, string $evidence): array
{
    return [
        'componentType' => 'srp-component',
        'registrationID' => $registration->registrationID,
        'clientEvidenceMessage' => bin2hex($evidence),
    ];
}

function activation(DSAPPSRPRegisterResult2 $registration, array $credential, string $component = 'srp-component'): array
{
    return [
        'componentType' => $component,
        'registrationID' => $registration->registrationID,
        'credential' => $credential,
    ];
}

// Online data, a derivation code, and the next phone's delivery.
function bindTheDevice(Customer $customer): void
{
    $registration = $customer->register('user3', 'VDS1000142', ['activationType' => 0]);
    [$uri, $counter] = $customer->deliver($registration);
    $customer->check('eventReactivationCounter', $counter, '000');
    $phone = Authenticator::fromURI($uri);
    $customer->check('what the URI says', [$phone->type, $phone->algorithm, $phone->digits, $phone->serial],
        ['totp', 'SHA1', 6, 'VDS1000142']);
    $step = intdiv(time(), 30);
    $customer->activate($registration, ['derivationCode' => $phone->derive("a fingerprint \x00\xff", $step)]);

    $registration = $customer->register('user3', 'VDS1000142', ['activationType' => 1]);
    [$code] = $customer->deliver($registration);
    $next = Authenticator::fromActivationCode($code, $registration->serialNumber);
    $customer->check('secret after the binding', bin2hex($next->secret), bin2hex($phone->secret));
    $customer->activate($registration, ['response' => $next->otp($step + 1)]);
}

// A counting authenticator, in gzip-compressed requests.
function countEvents(Customer $customer): void
{
    $compressing = new Customer($customer->wsdl, [
        'compression' => SOAP_COMPRESSION_ACCEPT | SOAP_COMPRESSION_GZIP | 9,
    ]);
    $registration = $compressing->register('user4', 'VDS1000143', ['activationType' => 0]);
    [$uri, $counter] = $compressing->deliver($registration);
    $phone = Authenticator::fromURI($uri);
    $compressing->check('what the URI says', [$phone->type, $phone->algorithm, $phone->digits, $phone->counter],
        ['hotp', 'SHA512', 8, 0]);
    $compressing->check('eventReactivationCounter', $counter, '000');
    $compressing->activate($registration, ['response' => $phone->otp(0)]);
    $customer->checks += $compressing->checks;
}

// A phone that holds its secret already needs no exchange: RFC 4226, appendix
// D. Each call on a connection of its own.
function activateDirectly(Customer $customer): void
{
    $closing = new Customer($customer->wsdl, ['keep_alive' => false]);
    foreach (['755224', '287082'] as $response) {
        $registration = $closing->register('user2', 'VDS1000141', ['componentType' => 'srp-direct']);
        $closing->activate($registration, ['response' => $response], 'srp-direct');
    }
    $customer->checks += $closing->checks;
}

// A user whom the test has added to the sample data.
function reachBeyondASCII(Customer $customer): void
{
    $result = $customer->granted('dsappSRPRegister',
        registration('jürgen', ['credential' => ['staticPassword' => 'Grüße & <€>']]));
    $customer->checkHolder($result, 'jürgen', 'VDS1000145', ['orgUnit' => 'Büro & <Söhne>']);
}

// The commands beside the activation, for user1's authenticator.
function serveTheApp(Customer $customer): void
{
    $holder = [
        'componentType' => 'srp-component',
        'user' => ['userID' => 'user1', 'domain' => 'master'],
        'serialNumber' => 'VDS1000140',
    ];
    $result = $customer->granted('getAppUpgradeInfo', $holder);
    $customer->check('upgradeMessage', hex2bin($result->upgradeMessage), '01;02;user1;master;0123456789');
    $customer->granted('updateDevicePNID', ['devicePNID' => '0A0BFF'] + $holder);
    $customer->refused(-13, 'STAT_NOT_FOUND', 'getAppUpgradeInfo', ['serialNumber' => 'VDS1000149'] + $holder);
}

// A command's attributes, each under the type that docs/commands.md gives.
function command(string $name, array $values): array
{
    $attributes = [];
    foreach ($values as $id => $value) {
        $type = is_int($value) ? [XSD_UNSIGNEDINT, 'unsignedInt'] : [XSD_STRING, 'string'];
        $attributes[] = [
            'value' => new SoapVar($value, $type[0], $type[1], 'http://www.w3.org/2001/XMLSchema'),
            'attributeID' => "PROVFLD_$id",
        ];
    }
    return ['cmd' => "PROVISIONCMD_$name", 'attributeSet' => ['attributes' => $attributes]];
}

function executeCommands(Customer $customer): void
{
    $user = ['COMPONENT_TYPE' => 'srp-component', 'USERID' => 'user1', 'STATIC_PASSWORD' => 'Password2', 'ACTIVATION_TYPE' => 0];
    $results = $customer->call('provisioningExecute', command('DSAPPREGISTER', $user))->results;
    $customer->check('statusCodeEnum', $results->resultCodes->statusCodeEnum, 'STAT_SUCCESS');
    $replied = array_column($results->resultAttribute->attributes, 'value', 'attributeID');
    $customer->check('PROVFLD_SERIAL_NO', $replied['PROVFLD_SERIAL_NO'], 'VDS1000140');
    $refused = [[-2, 'DSAPPREGISTER', ['ACTIVATION_TYPE' => '0']], [1000, 'DSAPPREGISTER', ['STATIC_PASSWORD' => 'wrong']], [1005, 'REGISTER', []]];
    foreach ($refused as [$code, $name, $fields]) {
        $results = $customer->call('provisioningExecute', command($name, $fields + $user))->results;
        $customer->check("status of $name", $results->resultCodes->statusCode, $code);
    }
}

function meetRefusals(Customer $customer): void
{
    $wrong = $customer->refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPRegister',
        registration('user1', ['credential' => ['staticPassword' => 'Grüße & <€>']]));
    $unknown = $customer->refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPRegister', registration('nobody'));
    $customer->check('words for an unknown user', $unknown, $wrong);
    $customer->refused(1005, 'STAT_PERMISSION', 'dsappSRPRegister',
        registration('user1', ['componentType' => 'no <such> component']));
    $customer->refused(-13, 'STAT_NOT_FOUND', 'dsappSRPRegister',
        registration('user1', ['serialNumber' => 'VDS1000141']));

    $registration = $customer->register('user1', 'VDS1000140');
    $customer->refused(-1, 'STAT_ERROR', 'dsappSRPActivate', activation($registration, ['response' => '000000']));
    $customer->refused(-2, 'STAT_INVPARAM', 'dsappSRPActivate', activation($registration, ['derivationCode' => 'XYZ']));
    $customer->exchange($registration);
    $customer->refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPGenerateActivationData',
        proof($registration, str_repeat("\0", 32)));
    [$uri] = $customer->deliver($registration);
    $phone = Authenticator::fromURI($uri);
    $customer->refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPActivate',
        activation($registration, ['response' => $phone->otp(1)]));
    $customer->activate($registration, ['response' => $phone->otp(intdiv(time(), 30))]);
    $customer->check('HTTP status of a reply', strtok($customer->lastResponseHeaders(), "\r\n"), 'HTTP/1.1 200 OK');
}

function meetFaults(Customer $customer): void
{
    $untyped = new SoapClient(null, [
        'location' => preg_replace('/\?.*/', '', $customer->wsdl),
        'uri' => 'http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning',
        'trace' => true,
    ]);
    try {
        $untyped->dsappSRPForget('user1');
    } catch (SoapFault $fault) {
        printf("%-30s %s: %s\n", 'dsappSRPForget', $fault->faultcode, $fault->faultstring);
        $customer->check('faultcode', preg_replace('/.*:/', '', $fault->faultcode), 'Client');
        $customer->check('fault says where to look', str_contains($fault->faultstring, '?wsdl'), true);
        $customer->check('HTTP status of a fault', substr($untyped->__getLastResponseHeaders(), 0, 12), 'HTTP/1.1 500');
        return;
    }
    throw new Exception('an unknown operation was no fault');
}

// PHP warns and goes on where a program should stop.
set_error_handler(function (int $severity, string $message, string $file, int $line): bool {
    throw new ErrorException($message, 0, $severity, $file, $line);
});
$customer = new Customer($argv[1]);
$parts = ['bindTheDevice', 'countEvents', 'activateDirectly', 'reachBeyondASCII', 'serveTheApp', 'executeCommands',
    'meetRefusals', 'meetFaults'];
foreach ($parts as $part) {
    echo "-- $part\n";
    $part($customer);
}
echo "the whole flow: $customer->checks checks passed\n";
