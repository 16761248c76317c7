<?php
// A customer's program over php-soap that administers: both outcomes of every
// operation of the administration interface. It also reads each reply with
// SimpleXML after the prefixes are taken out of its text, as some customers do.
// Usage: administer.php 'http://127.0.0.1:PORT/?wsdl=administration' NAME SERIAL
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

// The results of a reply, read from its text by bare names.
function withoutPrefixes(string $reply): SimpleXMLElement
{
    $bare = str_ireplace(['soap-env:', 'soap:', 'admin-types:', 'auth-types:'], '', $reply);
    foreach (simplexml_load_string($bare)->Body->children() as $response) {
        return $response->results;
    }
    throw new Exception("an empty body: $reply");
}

function row(SimpleXMLElement $set): array
{
    $got = [];
    foreach ($set->attributes as $a) {
        $got[explode('_', (string) $a->attributeID, 2)[1]] = (string) $a->value;
    }
    return $got;
}

class Administrator
{
    public string $session = '';

    public function __construct(private SoapClient $client)
    {
    }

    private function set(string $prefix, array $values): array
    {
        $set = [];
        foreach ($values as $name => $value) {
            $type = match (true) {
                is_bool($value) => XSD_BOOLEAN,
                is_int($value) => XSD_INT,
                default => XSD_STRING,
            };
            $set[] = ['value' => new SoapVar($value, $type), 'attributeID' => $prefix . $name];
        }
        return ['attributes' => $set];
    }

    private function call(string $operation, string $status, array $request): SimpleXMLElement
    {
        $typed = $this->client->$operation($request)->results;
        printf("%-50s %s\n", $request['cmd'] ?? $operation, $typed->resultCodes->statusCodeEnum);
        $bare = withoutPrefixes($this->client->__getLastResponse());
        check($operation, $typed->resultCodes->statusCodeEnum, $status);
        check('the same without prefixes', (string) $bare->resultCodes->statusCodeEnum, $status);
        $failed = $status !== 'STAT_SUCCESS';
        check('returnCode', (string) $bare->resultCodes->returnCode, $failed ? '-1' : '0');
        check('errors', (string) $bare->errorStack->errors->errorDesc !== '', $failed);
        return $bare;
    }

    public function credentials(string $operation, array $values, string $status = 'STAT_SUCCESS'): array
    {
        return row($this->call($operation, $status, ['attributeSet' => $this->set('CREDFLD_', $values)])->resultAttribute);
    }

    public function execute(string $kind, string $cmd, array $values, string $status = 'STAT_SUCCESS'): array
    {
        $field = $kind === 'userattribute' ? 'UATT' : strtoupper($kind);
        $request = ['sessionID' => $this->session, 'cmd' => strtoupper($kind) . "CMD_$cmd", 'attributeSet' => $this->set("{$field}FLD_", $values)];
        return row($this->call($kind . 'Execute', $status, $request)->resultAttribute);
    }

    public function query(string $kind, array $values, array $fields = [], string $status = 'STAT_SUCCESS'): array
    {
        $field = ['userattribute' => 'UATT', 'adminSession' => 'ADMINSESSION'][$kind] ?? strtoupper($kind);
        $request = ['sessionID' => $this->session, 'attributeSet' => $this->set("{$field}FLD_", $values)];
        if ($fields) {
            $request['fieldSet'] = ['attributeID' => array_map(fn ($f) => "{$field}FLD_$f", $fields)];
        }
        $results = $this->call($kind . 'Query', $status, $request);
        $rows = [];
        foreach ($results->resultAttribute->attributeList as $set) {
            $rows[] = row($set);
        }
        if ($status === 'STAT_SUCCESS') {
            check('resultCount', (int) $results->resultCount, count($rows));
        }
        return $rows;
    }
}

[, $wsdl, $name, $serial] = $argv;
$a = new Administrator(new SoapClient($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE, 'trace' => true]));
$logon = ['USERID' => 'admin', 'PASSWORD_FORMAT' => 0, 'PASSWORD' => 'Password2'];
$a->credentials('logon', ['PASSWORD' => 'wrong'] + $logon, 'STAT_INVCREDENTIALS');
$a->query('adminSession', [], [], 'STAT_ADMIN_SESSION_STOPPED');
$a->session = $a->credentials('logon', $logon)['SESSION_ID'];
check('sessions', count($a->query('adminSession', [])) > 0, true);
$a->credentials('sessionalive', ['SESSION_ID' => $a->session]);
$a->credentials('sessionalive', ['SESSION_ID' => 'none'], 'STAT_ADMIN_SESSION_STOPPED');

$a->execute('domain', 'CREATE', ['DOMAIN' => $name, 'DESCRIPTION' => 'a branch']);
$a->execute('domain', 'CREATE', ['DOMAIN' => $name], 'STAT_EXISTS');
check('domains', $a->query('domain', ['DOMAIN' => $name], ['DOMAIN', 'DESCRIPTION']), [['DOMAIN' => $name, 'DESCRIPTION' => 'a branch']]);
$a->query('domain', ['MASTERDOMAIN' => 'perhaps'], [], 'STAT_INVDATA');
$unit = ['DOMAIN' => $name, 'ORGANIZATIONAL_UNIT' => 'sales'];
$a->execute('orgunit', 'CREATE', $unit);
$a->execute('orgunit', 'CREATE', $unit, 'STAT_EXISTS');
check('units', count($a->query('orgunit', ['DOMAIN' => $name])), 1);
$a->query('orgunit', ['UNIT' => 'sales'], [], 'STAT_INVPARAM');
$a->execute('orgunit', 'DELETE', $unit);
$a->execute('domain', 'DELETE', ['DOMAIN' => $name]);

$who = ['USERID' => $name, 'DOMAIN' => 'master'];
$modes = ['LOCAL_AUTH' => 'Digipass Only', 'BACKEND_AUTH' => 'None', 'DISABLED' => false, 'LOCKED' => false];
$made = $a->execute('user', 'CREATE', $who + $modes + ['USERNAME' => 'Zoë']);
check('user', [$made['LOCAL_AUTH'], $made['USERNAME'], $made['DISABLED']], ['Digipass Only', 'Zoë', 'false']);
$a->execute('user', 'CREATE', $who + $modes, 'STAT_EXISTS');
$a->execute('user', 'VIEW', ['USERID' => "$name-none", 'DOMAIN' => 'master'], 'STAT_NOT_FOUND');
check('users', $a->query('user', ['USERID' => "$name*"], ['USERID', 'HAS_DP']), [['USERID' => $name, 'HAS_DP' => 'Unassigned']]);
$a->query('user', ['HAS_DP' => 'Antani'], [], 'STAT_INVDATA');
$attribute = $who + ['ATTR_GROUP' => 'radius', 'NAME' => 'Class', 'VALUE' => 'staff', 'OPTIONS' => 1];
$a->execute('userattribute', 'CREATE', $attribute);
$a->execute('userattribute', 'CREATE', $attribute, 'STAT_EXISTS');
check('attributes', $a->query('userattribute', $who, ['NAME', 'OPTIONS']), [['NAME' => 'Class', 'OPTIONS' => '1']]);
$a->query('userattribute', ['OPTIONS' => 'many'], [], 'STAT_INVDATA');

$given = ['SERNO' => $serial, 'ASSIGNED_USERID' => $name, 'DOMAIN' => 'master', 'GRACE_PERIOD_DAYS' => 3];
check('holder', $a->execute('digipass', 'ASSIGN', $given)['ASSIGNED_USERID'], $name);
$a->execute('digipass', 'ASSIGN', $given, 'STAT_DIGIPASS_NOT_AVAILABLE');
check('authenticators', $a->query('digipass', ['SERNO' => $serial], ['SERNO', 'ASSIGN_STATUS']), [['SERNO' => $serial, 'ASSIGN_STATUS' => 'Assigned']]);
$a->query('digipass', ['ASSIGN_STATUS' => 'Antani'], [], 'STAT_INVDATA');
$a->execute('digipassappl', 'SET_PIN', ['SERNO' => $serial, 'NEW_PIN' => '4321', 'NEW_PIN_CONF' => '4321']);
$a->execute('digipassappl', 'SET_PIN', ['SERNO' => $serial, 'NEW_PIN' => '123456789', 'NEW_PIN_CONF' => '123456789'], 'STAT_DPERROR');
foreach (['4321755224' => '0', '4321287083' => '1'] as $response => $code) {
    check('result', $a->execute('digipassappl', 'TEST_OTP', ['SERNO' => $serial, 'RESPONSE' => (string) $response])['RESULT_CODE'], $code);
}
check('holder', $a->execute('digipass', 'UNASSIGN', ['SERNO' => $serial])['ASSIGNED_USERID'] ?? null, null);
$a->execute('digipass', 'UNASSIGN', ['SERNO' => $serial], 'STAT_ERROR');
$a->execute('user', 'DELETE', $who);
$a->credentials('logoff', ['SESSION_ID' => $a->session]);
$a->credentials('logoff', ['SESSION_ID' => $a->session], 'STAT_ADMIN_SESSION_STOPPED');
echo "the whole flow: $checks checks passed\n";
