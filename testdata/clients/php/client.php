<?php
// A customer's program over php-soap: takes users of the sample data through
// whole activations, checks every field of every reply, and meets the
// refusals and the faults. Usage: client.php http://127.0.0.1:PORT/?wsdl
// [any-order]. With any-order, which a strict server does not take, commands
// are also sent with their attributes' children in the order that the schema
// does not have.
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

// Writes the children of each attribute of a command the other way round.
final class SwappingClient extends SoapClient
{
    public function __doRequest(string $request, string $location, string $action, int $version, bool $oneWay = false): ?string
    {
        $request = preg_replace(
            '~<attributes>(<value.*?</value>)(<attributeID>.*?</attributeID>)(<attributeOptions>.*?</attributeOptions>)?</attributes>~s',
            '<attributes>$3$2$1</attributes>', $request, -1, $swapped);
        if ($swapped === 0) {
            throw new Exception('there was no attribute to swap');
        }
        return parent::__doRequest($request, $location, $action, $version, $oneWay);
    }
}

final class Customer
{
    public int $checks = 0;
    private SoapClient $client;
    // What sends commands: two, so that each flow has gone both ways.
    public array $senders;

    public function __construct(public string $wsdl, array $options = [], bool $anyOrder = false)
    {
        $options += [
            'cache_wsdl' => WSDL_CACHE_NONE,
            'classmap' => ['DSAPPSRPRegisterResult2' => DSAPPSRPRegisterResult2::class],
            'trace' => true,
        ];
        $this->client = new SoapClient($wsdl, $options);
        $this->senders = [$this->client, $anyOrder ? new SwappingClient($wsdl, $options) : $this->client];
    }

    /** The address in the WSDL, which may be a saved copy. */
    public function endpoint(): string
    {
        preg_match('/<soap:address location="([^"]+)"/', file_get_contents($this->wsdl), $found);
        return $found[1];
    }

    // Runs a command; the attributes of its reply by their names.
    public function execute(SoapClient $sender, string $name, int $code, array $values): array
    {
        $results = $sender->provisioningExecute(command($name, $values))->results;
        printf("%-30s %s\n", $name, $results->resultCodes->statusCodeEnum);
        $this->check("returnCode of $name", $results->resultCodes->returnCode, $code === 0 ? 0 : -1);
        $this->check("statusCode of $name", $results->resultCodes->statusCode, $code);
        $this->check("errorCode of $name", $results->errorStack->errors->errorCode ?? 0, $code);
        $replied = [];
        foreach ((array) ($results->resultAttribute->attributes ?? []) as $attribute) {
            $id = substr($attribute->attributeID, strlen('PROVFLD_'));
            $this->check("whether $id is masked", $attribute->attributeOptions->masked ?? false, in_array($id, MASKED, true));
            $replied[$id] = $attribute->value;
        }
        return $replied;
    }

    public function checkAttributes(array $replied, string $userID, string $serial): void
    {
        $this->check('whose it is', [$replied['USERID'], $replied['DOMAIN'], $replied['SERIAL_NO']], [$userID, 'master', $serial]);
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
        printf("%-30s %s\n", $operation, $reply->status->resultCodes->statusCodeEnum);
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

    public function exchange(object $registration): Exchange
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

// What docs/commands.md marks as masked.
const MASKED = ['STATIC_PASSWORD', 'ACTIVATION_CODE', 'DP_RESPONSE', 'DERIVATION_CODE', 'ACTIVATION_PASSWORD',
    'ACTIVATION_MESSAGE', 'DEVICE_CODE', 'ACTIVATION_MESSAGE2', 'SIGNATURE'];

// A command's attributes, each under the type that docs/commands.md gives.
function command(string $name, array $values): array
{
    $attributes = [];
    foreach ($values as $id => $value) {
        $type = is_int($value) ? [XSD_UNSIGNEDINT, 'unsignedInt'] : [XSD_STRING, 'string'];
        $options = in_array($id, MASKED, true) ? ['attributeOptions' => ['masked' => true]] : [];
        $attributes[] = [
            'value' => new SoapVar($value, $type[0], $type[1], 'http://www.w3.org/2001/XMLSchema'),
            'attributeID' => "PROVFLD_$id",
        ] + $options;
    }
    return ['cmd' => "PROVISIONCMD_$name", 'attributeSet' => ['attributes' => $attributes]];
}

function account(string $userID, string $component, array $more = []): array
{
    return ['COMPONENT_TYPE' => $component, 'USERID' => $userID, 'STATIC_PASSWORD' => 'Password2'] + $more;
}

// The activation data in the clear, on this machine: a derivation code and its
// repetition, then a response.
function activateOutsideSRP(Customer $customer): void
{
    $who = ['COMPONENT_TYPE' => 'srp-direct', 'USERID' => 'user4', 'DOMAIN' => 'master'];
    foreach ($customer->senders as $sender) {
        $replied = $customer->execute($sender, 'REGISTER', 0,
            account('user4', 'srp-direct', ['ACTIVATION_TYPE' => 0, 'REQUEST_TYPE' => 0]));
        $customer->checkAttributes($replied, 'user4', 'VDS1000143');
        $phone = Authenticator::fromURI($replied['ACTIVATION_CODE']);
        $customer->execute($sender, 'ACTIVATE', 1000, ['DP_RESPONSE' => '00000000'] + $who);
        $code = $phone->derive('a fingerprint', $phone->counter);
        foreach (['first', 'again'] as $_) {
            $replied = $customer->execute($sender, 'ACTIVATE', 0, ['DERIVATION_CODE' => $code] + $who);
            $customer->checkAttributes($replied, 'user4', 'VDS1000143');
        }
        $response = $phone->otp($phone->counter + 1);
        $customer->execute($sender, 'ACTIVATE', -13, ['DP_RESPONSE' => $response] + $who);
        $customer->execute($sender, 'REGISTER', 0, account('user4', 'srp-direct'));
        $customer->execute($sender, 'ACTIVATE', 0, ['DP_RESPONSE' => $response, 'SERIAL_NO' => 'VDS1000143'] + $who);
    }
    $customer->execute($sender, 'REGISTER', 1005, account('user4', 'srp-component'));
}

// A user and two authenticators that the test has added.
function assignInAttributes(Customer $customer): void
{
    foreach (['VDS1000146', 'VDS1000147'] as $i => $serial) {
        $user = account('anna', 'srp-component', ['SERIAL_NO' => $serial]);
        $customer->checkAttributes($customer->execute($customer->senders[$i], 'ASSIGN', 0, $user), 'anna', $serial);
        $customer->execute($customer->senders[$i], 'ASSIGN', -14, $user);
    }
}

// The registration, as the typed operations name it.
function registerInAttributes(Customer $customer, SoapClient $sender, string $userID, string $serial, string $component): object
{
    $replied = $customer->execute($sender, 'DSAPPREGISTER', 0, account($userID, $component, ['ACTIVATION_TYPE' => 0]));
    $customer->checkAttributes($replied, $userID, $serial);
    $customer->check('gateway', $replied['GATEWAY_ID'], '0123456789');
    return (object) ['registrationID' => $replied['REGISTRATIONID'], 'activationPassword' => $replied['ACTIVATION_PASSWORD']];
}

// Returns the items that the command delivers, opened.
function proveInAttributes(Customer $customer, SoapClient $sender, object $registration, array $items): array
{
    $exchange = $customer->exchange($registration);
    $replied = $customer->execute($sender, 'DSAPPGENERATEACTIVATIONDATA', 0, [
        'COMPONENT_TYPE' => 'srp-component',
        'REGISTRATIONID' => $registration->registrationID,
        'CLIENT_EVIDENCE_MESSAGE' => bin2hex($exchange->M1),
    ]);
    $exchange->confirm($replied['SERVER_EVIDENCE_MESSAGE']);
    $customer->check('attributes', count($replied), 1 + 3 * count($items));
    $opened = [];
    foreach ($items as $name => $item) {
        $opened[] = $exchange->open($item, (object) ['encryptedData' => $replied["{$name}_DATA"],
            'encryptedCounter' => $replied["{$name}_COUNTER"], 'mac' => $replied["{$name}_MAC"]]);
    }
    return $opened;
}

function exchangeInAttributes(Customer $customer): void
{
    foreach ($customer->senders as $sender) {
        $registration = registerInAttributes($customer, $sender, 'user4', 'VDS1000143', 'srp-component');
        [$uri, $counter] = proveInAttributes($customer, $sender, $registration,
            ['ACTIVATION_CODE' => 'activationCode', 'REACTIVATION_COUNTER' => 'eventReactivationCounter']);
        $phone = Authenticator::fromURI($uri);
        $customer->check('eventReactivationCounter', $counter, sprintf('%03d', $phone->counter));
        $step = ['COMPONENT_TYPE' => 'srp-component', 'REGISTRATIONID' => $registration->registrationID];
        $replied = $customer->execute($sender, 'DSAPPACTIVATE', 0, ['DP_RESPONSE' => $phone->otp($phone->counter)] + $step);
        $customer->checkAttributes($replied, 'user4', 'VDS1000143');
    }
    $user = account('user4', 'srp-component');
    $customer->execute($sender, 'DSAPPREGISTER', -2, $user + ['ACTIVATION_TYPE' => '0']);
    $customer->execute($sender, 'DSAPPREGISTER', -2, $user + ['SHOE_SIZE' => '42']);
    $customer->execute($sender, 'DSAPPREGISTER', 1000, ['STATIC_PASSWORD' => 'wrong'] + $user);
}

// Another digit at a place.
function damaged(string $text, int $place): string
{
    $text[$place] = $text[$place] === '0' ? '1' : '0';
    return $text;
}

function refuseDamaged(Customer $customer, string $message, callable $take): void
{
    for ($place = 0; $place < strlen($message); $place++) {
        try {
            $take(damaged($message, $place));
        } catch (ProfileException) {
            $customer->checks++;
            continue;
        }
        throw new Exception("the device took a message with another digit at $place");
    }
}

// From Activation Message 1 to message 2.
function addDevice(Customer $customer, SoapClient $sender, array $step, string $message1, string $name): Device
{
    $device = new Device($message1, 3);
    refuseDamaged($customer, $message1, fn (string $text) => new Device($text, 3));
    $code = $device->code();
    $digits = damaged(substr($code, 0, -1), 20);
    $customer->execute($sender, 'MDL_ADD_DEVICE', -2, ['DEVICE_CODE' => $digits . $code[-1]] + $step);
    $customer->execute($sender, 'MDL_ADD_DEVICE', 1000, ['DEVICE_CODE' => $digits . luhn($digits, 10)] + $step);
    $replied = $customer->execute($sender, 'MDL_ADD_DEVICE', 0, ['DEVICE_CODE' => $code] + $step);
    $customer->checkAttributes($replied, 'user6', $name);
    $again = $customer->execute($sender, 'MDL_ADD_DEVICE', 0, ['DEVICE_CODE' => $code] + $step);
    $customer->check('the same code again', $again, $replied);
    refuseDamaged($customer, $replied['ACTIVATION_MESSAGE2'], $device->open(...));
    $device->open($replied['ACTIVATION_MESSAGE2']);
    $customer->check('the instance', $device->name, $name);
    return $device;
}

// Three devices: two offline, by their signatures, and one online, by a
// one-time password.
function shareALicence(Customer $customer): void
{
    $user = account('user6', 'mdl-component', ['DOMAIN' => 'master', 'REQUEST_TYPE' => 0]);
    foreach ($customer->senders as $i => $sender) {
        $name = 'VDM1000001-' . ($i + 1);
        $replied = $customer->execute($sender, 'MDL_REGISTER', 0, $user);
        $customer->checkAttributes($replied, 'user6', 'VDM1000001');
        $step = ['COMPONENT_TYPE' => 'mdl-component', 'REGISTRATIONID' => $replied['REGISTRATIONID']];
        $device = addDevice($customer, $sender, $step, $replied['ACTIVATION_MESSAGE'], $name);
        $customer->execute($sender, 'MDL_ACTIVATE', 1000, ['SIGNATURE' => damaged($device->signature(), 3)] + $step);
        $replied = $customer->execute($sender, 'MDL_ACTIVATE', 0, ['SIGNATURE' => $device->signature()] + $step);
        $customer->checkAttributes($replied, 'user6', $name);
        $customer->execute($sender, 'MDL_ACTIVATE', -13, ['SIGNATURE' => $device->signature()] + $step);
    }
    $registration = registerInAttributes($customer, $sender, 'user6', 'VDM1000001', 'mdl-component');
    [$message1] = proveInAttributes($customer, $sender, $registration, ['ACTIVATION_MESSAGE' => 'activationMessage']);
    $step = ['COMPONENT_TYPE' => 'mdl-component', 'REGISTRATIONID' => $registration->registrationID];
    $device = addDevice($customer, $sender, $step, $message1, 'VDM1000001-3');
    $replied = $customer->execute($sender, 'MDL_ACTIVATE', 0, ['DP_RESPONSE' => $device->otp(intdiv(time(), 30))] + $step);
    $customer->checkAttributes($replied, 'user6', 'VDM1000001-3');
    $customer->execute($sender, 'MDL_REGISTER', -11, $user);
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
        'location' => $customer->endpoint(),
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
$customer = new Customer($argv[1], anyOrder: in_array('any-order', array_slice($argv, 2), true));
$parts = ['bindTheDevice', 'countEvents', 'activateDirectly', 'reachBeyondASCII', 'serveTheApp', 'activateOutsideSRP',
    'assignInAttributes', 'exchangeInAttributes', 'shareALicence', 'meetRefusals', 'meetFaults'];
foreach ($parts as $part) {
    echo "-- $part\n";
    $part($customer);
}
echo "the whole flow: $customer->checks checks passed\n";
