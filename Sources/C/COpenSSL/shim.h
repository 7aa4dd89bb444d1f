// OpenSSL, and those of its calls that are macros, which Swift cannot import.
#ifndef PAAS_COPENSSL_H
#define PAAS_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline int cossl_min_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline void cossl_harden(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
        | SSL_OP_PRIORITIZE_CHACHA);
}
// As fast as any, and safe: a shorter key costs less in each record and each handshake.
static inline int cossl_suites(SSL_CTX *context) {
    return SSL_CTX_set_ciphersuites(
        context, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384");
}
static inline void cossl_mode(SSL_CTX *context, long mode) { SSL_CTX_set_mode(context, mode); }
static inline void cossl_read_ahead(SSL_CTX *context) { SSL_CTX_set_read_ahead(context, 1); }
static inline int cossl_ticket_keys(SSL_CTX *context, void *keys, long count) {
    return (int)SSL_CTX_set_tlsext_ticket_keys(context, keys, count);
}
static inline int cossl_groups(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, (char *)list);
}

// Whom a client asks for in its hello.
static inline int cossl_ask_for(SSL *connection, const char *host) {
    return (int)SSL_set_tlsext_host_name(connection, (char *)host);
}

// A BIO of one's own: what its callbacks say about trying again.
static inline void cossl_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void cossl_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void cossl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline EVP_PKEY *cossl_make_key(void) { return EVP_EC_gen("P-256"); }

// The bytes of a memory BIO, which stay its own.
static inline long cossl_memory(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

static inline void cossl_print_name(BIO *bio, const X509_NAME *name) {
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
}

// Adds one extension in OpenSSL's own notation; 1 on success.
static inline int cossl_extend(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, (char *)value);
    if (!extension) return 0;
    int result = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return result;
}

static inline int cossl_name_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const GENERAL_NAME *cossl_name(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}
static inline STACK_OF(X509) *cossl_make_chain(void) { return sk_X509_new_null(); }
static inline int cossl_chain_push(STACK_OF(X509) *chain, X509 *certificate) {
    return sk_X509_push(chain, certificate);
}
static inline void cossl_chain_free(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }
static inline int cossl_chain_count(const STACK_OF(X509) *chain) { return sk_X509_num(chain); }

#endif
