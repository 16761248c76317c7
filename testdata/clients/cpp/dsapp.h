// The phone's side of the open DSAPP profile, version 1: the exchange of section
// 1, the items of section 2 and one-time passwords, with OpenSSL's numbers,
// hashes and ciphers.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace dsapp {

struct Free {
    void operator()(BIGNUM *n) const { BN_free(n); }
    void operator()(BN_CTX *c) const { BN_CTX_free(c); }
    void operator()(EVP_CIPHER_CTX *c) const { EVP_CIPHER_CTX_free(c); }
};
using Number = std::unique_ptr<BIGNUM, Free>;

// RFC 5054, appendix A: the 2048-bit group, whose generator is 2.
const char group2048[] =
    "AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4"
    "A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50E8083969EDB767B0CF60"
    "95179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF"
    "747359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B907"
    "8717461A5B9D32E688F87748544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB37861"
    "60279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DB"
    "FBB694B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73";

inline Number fromHex(const std::string &hex) {
    BIGNUM *n = nullptr;
    BN_hex2bn(&n, hex.c_str());
    return Number(n);
}

inline Number fromBytes(const std::string &bytes) {
    return Number(BN_bin2bn(reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), nullptr));
}

inline std::string pad(const Number &n) {
    std::string bytes(256, '\0');
    BN_bn2binpad(n.get(), reinterpret_cast<unsigned char *>(&bytes[0]), bytes.size());
    return bytes;
}

inline std::string hash(const std::string &bytes) {
    std::string sum(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char *>(&sum[0]));
    return sum;
}

inline std::string mac(const EVP_MD *hash, const std::string &key, const std::string &bytes) {
    std::string tag(EVP_MD_size(hash), '\0');
    HMAC(hash, key.data(), key.size(), reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char *>(&tag[0]), nullptr);
    return tag;
}

// RFC 5869 with an empty salt and 32 bytes of output.
inline std::string hkdf(const std::string &key, const std::string &info) {
    return mac(EVP_sha256(), mac(EVP_sha256(), std::string(32, '\0'), key), info + '\x01');
}

inline std::string hex(const std::string &bytes) {
    static const char digits[] = "0123456789ABCDEF";
    std::string text;
    for (unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

inline std::string unhex(const std::string &text) {
    std::string bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

class Exchange {
  public:
    std::string A, M1, M2; // M1 and M2 once prove was called

    Exchange(const std::string &registrationID, const std::string &activationPassword)
        : identity(registrationID), password(activationPassword), context(BN_CTX_new()), N(fromHex(group2048)), a(BN_new()) {
        BN_rand(a.get(), 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
        A = pad(power(fromHex("2"), a));
    }

    void prove(const std::string &saltHex, const std::string &serverKeyHex) {
        const std::string salt = unhex(saltHex);
        const Number B = fromHex(serverKeyHex), two = fromHex("2");
        const Number x = fromBytes(hash(salt + hash(identity + ":" + password)));
        const Number k = fromBytes(hash(pad(N) + pad(two)));
        const Number u = fromBytes(hash(A + pad(B)));
        Number base(BN_new()), exponent(BN_new());
        BN_mod_mul(base.get(), k.get(), power(two, x).get(), N.get(), context.get());
        BN_mod_sub(base.get(), B.get(), base.get(), N.get(), context.get());
        BN_mul(exponent.get(), u.get(), x.get(), context.get());
        BN_add(exponent.get(), exponent.get(), a.get());
        const std::string K = hash(pad(power(base, exponent)));
        std::string group = hash(pad(N));
        const std::string generator = hash("\x02");
        for (size_t i = 0; i < group.size(); i++) {
            group[i] ^= generator[i];
        }
        key = K;
        M1 = hash(group + hash(identity) + salt + A + pad(B) + K);
        M2 = hash(A + M1 + K);
    }

    // Checks and decrypts an item.
    std::string open(const std::string &item, const std::string &encryptedData, const std::string &encryptedCounter,
                     const std::string &tag) const {
        const std::string counter = unhex(encryptedCounter), text = unhex(encryptedData);
        if (hex(mac(EVP_sha256(), hkdf(key, "dsapp-srp/1 mac"), item + '\0' + counter + text)) != tag) {
            throw std::runtime_error("the mac of " + item + " is wrong");
        }
        const std::string sealer = hkdf(key, "dsapp-srp/1 encrypt"), first = counter + std::string(8, '\0');
        std::string opened(text.size(), '\0');
        const std::unique_ptr<EVP_CIPHER_CTX, Free> cipher(EVP_CIPHER_CTX_new());
        int length = 0;
        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_ctr(), nullptr, reinterpret_cast<const unsigned char *>(sealer.data()),
                           reinterpret_cast<const unsigned char *>(first.data()));
        EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char *>(&opened[0]), &length,
                          reinterpret_cast<const unsigned char *>(text.data()), text.size());
        return opened;
    }

  private:
    std::string identity, password, key;
    std::unique_ptr<BN_CTX, Free> context;
    Number N, a;

    Number power(const Number &base, const Number &exponent) {
        Number result(BN_new());
        BN_mod_exp(result.get(), base.get(), exponent.get(), N.get(), context.get());
        return result;
    }
};

// What stands behind NAME= in activation data, which is a URI.
inline std::string parameter(const std::string &uri, const std::string &name) {
    const size_t begin = uri.find(name + "=") + name.size() + 1;
    return uri.substr(begin, uri.find('&', begin) - begin);
}

// RFC 4648 without padding.
inline std::string fromBase32(const std::string &text) {
    std::string bytes;
    unsigned bits = 0, count = 0;
    for (const char digit : text) {
        bits = (bits << 5 | std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").find(digit)) & 0xFFFF;
        if ((count += 5) >= 8) {
            bytes += static_cast<char>(bits >> (count -= 8));
        }
    }
    return bytes;
}

// RFC 4226 for the secret, algorithm and digits of activation data.
inline std::string otp(const std::string &uri, unsigned long long movingFactor) {
    std::string message;
    for (int shift = 56; shift >= 0; shift -= 8) {
        message += static_cast<char>(movingFactor >> shift);
    }
    const std::string tag = mac(EVP_get_digestbyname(parameter(uri, "algorithm").c_str()), fromBase32(parameter(uri, "secret")), message);
    unsigned long number = 0;
    for (int i = 0; i < 4; i++) {
        number = number << 8 | static_cast<unsigned char>(tag[(tag.back() & 15) + i]);
    }
    const std::string text = "0000000000" + std::to_string(number & 0x7FFFFFFF);
    return text.substr(text.size() - std::stoul(parameter(uri, "digits")));
}

} // namespace dsapp
