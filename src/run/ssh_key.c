/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_key.h"

#include <ctype.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/ssh_blob.h"

#define FILE_MAX 65536
#define MAGIC	 "openssh-key-v1" /* with its NUL */

static const char openssh_begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char openssh_end[] = "-----END OPENSSH PRIVATE KEY-----";

struct ssh_key {
	EVP_PKEY *rsa; /* NULL for all other kinds */
};

static int read_all(const char *path, struct buf *out, struct error *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char chunk[4096];
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)got);
	if (got < 0)
		error_errno(err, "cannot read the key '%s'", path);
	if (fd >= 0)
		close(fd);
	OPENSSL_cleanse(chunk, sizeof(chunk));
	return got < 0 ? -1 : 0;
}

static int has_passphrase(const char *path, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "the key '%s' has a passphrase: use an agent "
			 "(ssh-add '%s')",
			 path, path);
}

static int is_no_key(const char *path, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "'%s' is no private key that can be read here", path);
}

static BIGNUM *next_number(struct ssh_blob *blob)
{
	struct ssh_blob string = ssh_blob_string(blob);

	return BN_bin2bn(string.next, (int)string.left, NULL);
}

/* The rest of d for one prime: d mod (p - 1). */
static BIGNUM *exponent(const BIGNUM *d, const BIGNUM *prime)
{
	BIGNUM *less = BN_dup(prime), *rest = BN_new();
	BN_CTX *ctx = BN_CTX_new();

	if (!less || !rest || !ctx || !BN_sub_word(less, 1) ||
	    !BN_mod(rest, d, less, ctx)) {
		BN_clear_free(rest);
		rest = NULL;
	}
	BN_clear_free(less);
	BN_CTX_free(ctx);
	return rest;
}

/* In the order in which OpenSSH writes them, then what it leaves out. */
enum { N, E, D, IQMP, P, Q, DMP1, DMQ1, NUMBERS };

static EVP_PKEY *rsa_of(BIGNUM *const number[NUMBERS])
{
	static const char *const names[NUMBERS] = {
		[N] = OSSL_PKEY_PARAM_RSA_N,
		[E] = OSSL_PKEY_PARAM_RSA_E,
		[D] = OSSL_PKEY_PARAM_RSA_D,
		[IQMP] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
		[P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
		[Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
		[DMP1] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
		[DMQ1] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
	};
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	bool good = build && ctx;

	for (int i = 0; i < NUMBERS && good; i++)
		good = number[i] &&
		       OSSL_PARAM_BLD_push_BN(build, names[i], number[i]);
	if (good)
		params = OSSL_PARAM_BLD_to_param(build);
	if (!params || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) <= 0)
		key = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* The part of an OpenSSH key that a passphrase would hide. */
static EVP_PKEY *openssh_rsa(struct ssh_blob secret)
{
	BIGNUM *numbers[NUMBERS] = { NULL };
	EVP_PKEY *key = NULL;

	ssh_blob_u64(&secret); /* twice the same number */
	ssh_blob_string(&secret);
	for (int i = N; i <= Q; i++)
		numbers[i] = next_number(&secret);
	if (!secret.bad && numbers[D] && numbers[P] && numbers[Q]) {
		numbers[DMP1] = exponent(numbers[D], numbers[P]);
		numbers[DMQ1] = exponent(numbers[D], numbers[Q]);
		key = rsa_of(numbers);
	}
	for (int i = 0; i < NUMBERS; i++)
		BN_clear_free(numbers[i]);
	return key;
}

/* The base64 between the two lines, without blanks, decoded. */
static unsigned char *openssh_body(const struct buf *text, size_t *length)
{
	const char *from = strstr(text->text, openssh_begin);
	const char *to;
	unsigned char *body;
	char *letters;
	size_t count = 0;

	if (!from)
		return NULL;
	from += strlen(openssh_begin);
	/* the two may share dashes */
	to = strstr(from, openssh_end);
	if (!to)
		return NULL;
	letters = xmalloc((size_t)(to - from) + 1);
	for (; from < to; from++) {
		if (!isspace((unsigned char)*from))
			letters[count++] = *from;
	}
	body = xmalloc(count + 1);
	*length = ssh_blob_base64(body, letters, count);
	OPENSSL_cleanse(letters, count);
	free(letters);
	return body;
}

static int load_openssh(struct ssh_key *key, const char *path,
			const struct buf *text, struct error *err)
{
	size_t length = 0;
	unsigned char *body = openssh_body(text, &length);
	struct ssh_blob blob = ssh_blob(body, length), public, secret;
	char cipher[32], type[32];
	int ret = -1;

	if (!body || length < sizeof(MAGIC) ||
	    memcmp(body, MAGIC, sizeof(MAGIC)) != 0) {
		is_no_key(path, err);
		goto out;
	}
	blob = ssh_blob(body + sizeof(MAGIC), length - sizeof(MAGIC));
	ssh_blob_text(&blob, cipher, sizeof(cipher));
	ssh_blob_string(&blob); /* the kdf and its options */
	ssh_blob_string(&blob);
	ssh_blob_u32(&blob); /* how many keys: one */
	public = ssh_blob_string(&blob);
	secret = ssh_blob_string(&blob);
	ssh_blob_text(&public, type, sizeof(type));
	if (!blob.bad && !str_equal(cipher, "none")) {
		has_passphrase(path, err);
		goto out;
	}
	if (str_equal(type, "ssh-rsa"))
		key->rsa = openssh_rsa(secret);
	ret = blob.bad || (str_equal(type, "ssh-rsa") && !key->rsa)
		      ? is_no_key(path, err)
		      : 0;
out:
	if (body)
		OPENSSL_cleanse(body, length);
	free(body);
	return ret;
}

static int no_passphrase(char *out, int size, int writes, void *data)
{
	(void)out;
	(void)size;
	(void)writes;
	(void)data;
	return -1;
}

static int load_pem(struct ssh_key *key, const char *path,
		    const struct buf *text, struct error *err)
{
	BIO *bio = BIO_new_mem_buf(text->text, (int)text->length);
	EVP_PKEY *found = NULL;

	if (bio)
		found = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	if (!found)
		return is_no_key(path, err);
	if (EVP_PKEY_is_a(found, "RSA"))
		key->rsa = found;
	else
		EVP_PKEY_free(found);
	return 0;
}

int ssh_key_load(const char *path, struct ssh_key **out, struct error *err)
{
	struct ssh_key *key = xcalloc(1, sizeof(*key));
	struct buf text;
	int ret;

	buf_init(&text, FILE_MAX);
	ret = read_all(path, &text, err);
	if (ret < 0)
		goto out;
	if (strstr(text.text, openssh_begin))
		ret = load_openssh(key, path, &text, err);
	else if (strstr(text.text, "ENCRYPTED"))
		ret = has_passphrase(path, err);
	else
		ret = load_pem(key, path, &text, err);
out:
	OPENSSL_cleanse(text.text, text.length);
	buf_release(&text);
	if (ret < 0)
		ssh_key_free(key);
	else
		*out = key;
	return ret;
}

void ssh_key_free(struct ssh_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->rsa);
	free(key);
}

bool ssh_key_is_rsa(const struct ssh_key *key)
{
	return key->rsa;
}

/* As the protocol has it: a zero in front when the first bit is set. */
static void put_number(const struct ssh_key *key, const char *name,
		       struct buf *out)
{
	unsigned char bytes[2049] = { 0 };
	BIGNUM *number = NULL;
	size_t size = 0;

	if (EVP_PKEY_get_bn_param(key->rsa, name, &number) > 0 &&
	    BN_num_bytes(number) < (int)sizeof(bytes))
		size = (size_t)BN_bn2bin(number, bytes + 1);
	if (size > 0 && (bytes[1] & 0x80))
		ssh_blob_put_string(out, bytes, size + 1);
	else
		ssh_blob_put_string(out, bytes + 1, size);
	BN_free(number);
}

void ssh_key_public(const struct ssh_key *key, struct buf *out)
{
	ssh_blob_put_string(out, "ssh-rsa", strlen("ssh-rsa"));
	put_number(key, OSSL_PKEY_PARAM_RSA_E, out);
	put_number(key, OSSL_PKEY_PARAM_RSA_N, out);
}

int ssh_key_sign(const struct ssh_key *key, bool large,
		 const unsigned char *bytes, size_t length, struct buf *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *digest = large ? EVP_sha512() : EVP_sha256();
	unsigned char signature[2048];
	size_t size = sizeof(signature);
	int ret = -1;

	if (ctx && EVP_DigestSignInit(ctx, NULL, digest, NULL, key->rsa) > 0 &&
	    EVP_PKEY_get_size(key->rsa) <= (int)sizeof(signature) &&
	    EVP_DigestSign(ctx, signature, &size, bytes, length) > 0) {
		buf_add(out, signature, size);
		ret = 0;
	}
	EVP_MD_CTX_free(ctx);
	return ret;
}
