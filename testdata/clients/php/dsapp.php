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
            throw new Exception('B is outside 1..N-1');
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
            throw new Exception('M2 is wrong: the server does not know the key');
        }
    }

    public function open(string $name, object $item): string
    {
        $text = hex2bin($item->encryptedData);
        $counter = hex2bin($item->encryptedCounter);
        $macKey = hash_hkdf('sha256', $this->K, 32, 'dsapp-srp/1 mac');
        $mac = hash_hmac('sha256', $name . "\0" . $counter . $text, $macKey, true);
        if (!hash_equals($mac, hex2bin($item->mac))) {
            throw new Exception("the mac of $name is wrong");
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
        $sum = 0;
        foreach (str_split(strrev($code)) as $place => $symbol) {
            $product = hexdec($symbol) * (1 + $place % 2);
            $sum += intdiv($product, 16) + $product % 16;
        }
        if ($sum % 16 !== 0) {
            throw new Exception('the check character of the activation code is wrong');
        }
        return new self(hex2bin(substr($code, 0, -1)), $serial);
    }

    // RFC 4226, with the hashes that RFC 6238 adds.
    public function otp(int $movingFactor): string
    {
        $tag = hash_hmac(strtolower($this->algorithm), pack('J', $movingFactor), $this->secret, true);
        $number = unpack('N', $tag, ord($tag[-1]) & 15)[1] & 0x7FFFFFFF;
        return str_pad((string) ($number % 10 ** $this->digits), $this->digits, '0', STR_PAD_LEFT);
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

function base32(string $text): string
{
    $bits = '';
    foreach (str_split($text) as $symbol) {
        $bits .= sprintf('%05b', strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $symbol));
    }
    $bytes = array_filter(str_split($bits, 8), fn ($byte) => strlen($byte) === 8);
    return implode('', array_map(fn ($byte) => chr(bindec($byte)), $bytes));
}
