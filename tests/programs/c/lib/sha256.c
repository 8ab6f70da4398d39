#include "sha256.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static uint32_t constants[64], initial[8];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The first 32 bits of the fraction of a root. */
static uint32_t fraction(long double root)
{
	return (uint32_t)(uint64_t)floorl((root - floorl(root)) * 4294967296.0L);
}

static int is_prime(int number)
{
	for (int factor = 2; factor * factor <= number; factor++)
		if (number % factor == 0)
			return 0;
	return 1;
}

static void compute_constants(void)
{
	for (int number = 2, count = 0; count < 64; number++) {
		if (!is_prime(number))
			continue;
		if (count < 8)
			initial[count] = fraction(sqrtl(number));
		constants[count++] = fraction(cbrtl(number));
	}
}

static uint32_t rotate(uint32_t word, int bits)
{
	return word >> bits | word << (32 - bits);
}

static void expand(const uint8_t block[64], uint32_t words[64])
{
	for (int i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = words[i - 15], b = words[i - 2];
		uint32_t low = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
		uint32_t high = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
		words[i] = words[i - 16] + low + words[i - 7] + high;
	}
}

static void compress(struct sha256 *hash)
{
	uint32_t words[64], s[8];
	expand(hash->block, words);
	memcpy(s, hash->state, sizeof s);
	for (int i = 0; i < 64; i++) {
		uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
		uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
		uint32_t first = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + choice + constants[i] + words[i];
		uint32_t second = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + majority;
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += first;
		s[0] = first + second;
	}
	for (int i = 0; i < 8; i++)
		hash->state[i] += s[i];
}

void sha256_init(struct sha256 *hash)
{
	pthread_once(&once, compute_constants);
	memcpy(hash->state, initial, sizeof initial);
	hash->length = 0;
}

void sha256_add(struct sha256 *hash, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	for (size_t i = 0; i < size; i++) {
		hash->block[hash->length++ % 64] = bytes[i];
		if (hash->length % 64 == 0)
			compress(hash);
	}
}

void sha256_hex(struct sha256 *hash, char hex[65])
{
	uint64_t bits = hash->length * 8;
	sha256_add(hash, "\x80", 1);
	while (hash->length % 64 != 56)
		sha256_add(hash, "", 1);
	for (int shift = 56; shift >= 0; shift -= 8)
		sha256_add(hash, &(uint8_t){ (uint8_t)(bits >> shift) }, 1);
	for (int i = 0; i < 8; i++)
		sprintf(hex + 8 * i, "%08x", hash->state[i]);
}
