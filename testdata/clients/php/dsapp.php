<?php
// The phone's side of the open DSAPP profile, version 1, with the extensions
// gmp, hash and openssl.
declare(strict_types=1);

// RFC 5054, appendix A: the 2048-bit group, whose generator is 2.
const GROUP_2048 =
    'AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4' .
    'A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50E8083969EDB767B0CF60' .
    '95179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF' .
    '747359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B907' .
    '8717461A5B9D32E688F87748544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB37861' .
    '60279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DB' .
    'FBB694B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73';

// The server's half of the profile is wrong.
final class ProfileException extends Exception
{
}

function sha256(string ...$parts): string
{
    return hash('sha256', implode('', $parts), true);
}

function padded(GMP $number): string
{
    return str_pad(gmp_export($number), 256, "\0", STR_PAD_LEFT);
}

// One SRP exchange, from A to the opened items (sections 1 and 2).
final class Exchange
{
    private GMP $N;
    private GMP $a;
    private GMP $A;
    private string $K;
    public string $M1;

    public function __construct(private string $registrationID, private string $activationPassword)
    {
        $this->N = gmp_init(GROUP_2048, 16);
        $this->a = gmp_import(random_bytes(32));
        $this->A = gmp_powm(2, $this->a, $this->N);
    }

    public function publicKey(): string
    {
        return strtoupper(bin2hex(padded($this->A)));
    }

    public function prove(string $salt, string $serverKey): void
    {
        $salt = hex2bin($salt);
        $B = gmp_init($serverKey, 16);
        if (gmp_cmp($B, 0) <= 0 || gmp_cmp($B, $this->N) >= 0) {
            throw new ProfileException('B is outside 1..N-1');
        }
        $identity = sha256($this->registrationID . ':' . $this->activationPassword);
        $x = gmp_import(sha256($salt, $identity));
        $k = gmp_import(sha256(padded($this->N), padded(gmp_init(2))));
        $u = gmp_import(sha256(padded($this->A), padded($B)));
        $base = gmp_mod($B - $k * gmp_powm(2, $x, $this->N), $this->N);
        $this->K = sha256(padded(gmp_powm($base, $this->a + $u * $x, $this->N)));
        $group = sha256(padded($this->N)) ^ sha256("\x02");
        $this->M1 = sha256($group, sha256($this->registrationID), $salt, padded($this->A), padded($B), $this->K);
    }

    // Checks M2, before any item is opened.
    public function confirm(string $evidence): void
    {
        if (!hash_equals(sha256(padded($this->A), $this->M1, $this->K), hex2bin($evidence))) {
            throw new ProfileException('M2 is wrong: the server does not know the key');
        }
    }

    public function open(string $name, object $item): string
    {
        $text = hex2bin($item->encryptedData);
        $counter = hex2bin($item->encryptedCounter);
        $macKey = hash_hkdf('sha256', $this->K, 32, 'dsapp-srp/1 mac');
        $mac = hash_hmac('sha256', $name . "\0" . $counter . $text, $macKey, true);
        if (!hash_equals($mac, hex2bin($item->mac))) {
            throw new ProfileException("the mac of $name is wrong");
        }
        $key = hash_hkdf('sha256', $this->K, 32, 'dsapp-srp/1 encrypt');
        return openssl_decrypt($text, 'aes-256-ctr', $key, OPENSSL_RAW_DATA, $counter . str_repeat("\0", 8));
    }
}

// What a phone holds once it was activated.
final class Authenticator
{
    public function __construct(
        public string $secret,
        public string $serial,
        public string $type = 'totp',
        public string $algorithm = 'SHA1',
        public int $digits = 6,
        public int $counter = 0,
    ) {
    }

    // Section 4: full activation data.
    public static function fromURI(string $uri): self
    {
        $parts = parse_url($uri);
        parse_str($parts['query'], $query);
        return new self(base32($query['secret']), $query['serial'], $parts['host'],
            $query['algorithm'], (int) $query['digits'], (int) ($query['counter'] ?? 0));
    }

    // Section 3: the secret and its check character; the rest is built in.
    public static function fromActivationCode(string $code, string $serial): self
    {
        if (luhn(substr($code, 0, -1), 16) !== $code[-1]) {
            throw new ProfileException('the check character of the activation code is wrong');
        }
        return new self(hex2bin(substr($code, 0, -1)), $serial);
    }

    // RFC 4226, with the hashes that RFC 6238 adds.
    public function otp(int $movingFactor): string
    {
        return truncate(hash_hmac(strtolower($this->algorithm), pack('J', $movingFactor), $this->secret, true), $this->digits);
    }

    // Section 7: binds the secret to this device; returns the derivation code.
    public function derive(string $fingerprint, int $movingFactor): string
    {
        $diversifier = substr(sha256('dsapp/1 diversifier', $this->serial, $fingerprint), 0, 8);
        $this->secret = hash_hkdf('sha256', $this->secret, strlen($this->secret),
            'dsapp/1 derive' . $this->serial, $diversifier);
        return strtoupper(bin2hex($diversifier)) . $this->otp($movingFactor);
    }
}

// A device on a licence: from Activation Message 1 to the signature (section 8).
final class Device
{
    public string $name;
    private string $context;
    private string $licence;
    private string $key;
    private string $nonce;
    private string $message2;
    private string $secret;

    public function __construct(string $message1, private int $type)
    {
        $body = substr(hex2bin($message1), 0, -4);
        if (strlen($message1) !== 88 || substr($body, 0, 2) !== "\x01\x01"
            || substr(sha256($body), 0, 4) !== substr(hex2bin($message1), -4)) {
            throw new ProfileException('Activation Message 1 is damaged');
        }
        $this->context = substr($body, 0, 24);
        $this->licence = substr($body, 2, 10);
        $this->key = substr($body, 24);
    }

    public function code(): string
    {
        $this->nonce = random_bytes(6);
        $tag = hash_hmac('sha256', 'dsapp/1 device code' . $this->context . chr($this->type) . $this->nonce, $this->key, true);
        $number = gmp_init($this->type) * gmp_pow(2, 78) + gmp_import($this->nonce) * gmp_pow(2, 30)
            + (unpack('N', $tag)[1] >> 2);
        $digits = str_pad(gmp_strval($number), 25, '0', STR_PAD_LEFT);
        return $digits . luhn($digits, 10);
    }

    // Takes Activation Message 2, and with it the instance's secret.
    public function open(string $message2): void
    {
        $message = hex2bin($message2);
        [$header, $sealed, $tag] = [substr($message, 0, 13), substr($message, 13, 20), substr($message, 33)];
        if (strlen($message) !== 49 || substr($header, 0, 12) !== "\x01\x02" . $this->licence) {
            throw new ProfileException("Activation Message 2 is not this licence's");
        }
        $keys = hash_hkdf('sha256', $this->key, 64, 'dsapp/1 message 2' . $this->context,
            chr($this->type) . $this->nonce . $header[12]);
        $secret = openssl_decrypt($sealed, 'aes-256-ctr', substr($keys, 0, 32), OPENSSL_RAW_DATA, $tag);
        $expected = substr(hash_hmac('sha256', $header . $secret, substr($keys, 32), true), 0, 16);
        if (!hash_equals($expected, $tag)) {
            throw new ProfileException("Activation Message 2 is damaged, or not this device's");
        }
        [$this->message2, $this->secret] = [$message, $secret];
        $this->name = $this->licence . '-' . ord($header[12]);
    }

    // RFC 6287, of one question in 128 bytes.
    public function signature(): string
    {
        $input = "OCRA-1:HOTP-SHA256-8:QH64\0" . sha256($this->message2) . str_repeat("\0", 96);
        return truncate(hash_hmac('sha256', $input, $this->secret, true), 8);
    }

    public function otp(int $step): string
    {
        return truncate(hash_hmac('sha256', pack('J', $step), $this->secret, true), 6);
    }
}

function truncate(string $tag, int $digits): string
{
    $number = unpack('N', $tag, ord($tag[-1]) & 15)[1] & 0x7FFFFFFF;
    return str_pad((string) ($number % 10 ** $digits), $digits, '0', STR_PAD_LEFT);
}

// The check character of a text of digits to the base n (section 3).
function luhn(string $text, int $n): string
{
    $sum = 0;
    foreach (str_split(strrev($text)) as $place => $symbol) {
        $product = hexdec($symbol) * (2 - $place % 2);
        $sum += intdiv($product, $n) + $product % $n;
    }
    return strtoupper(dechex(($n - $sum % $n) % $n));
}

function base32(string $text): string
{
    $bits = '';
    foreach (str_split($text) as $symbol) {
        $bits .= sprintf('%05b', strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $symbol));
    }
    $bytes = array_filter(str_split($bits, 8), fn ($byte) => strlen($byte) === 8);
    return implode('', array_map(fn ($byte) => chr(bindec($byte)), $bytes));
}
