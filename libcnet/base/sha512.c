/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SHA-512, of which the field makes its names. The five libraries that libcnet stands on have no
 * hash function, and the kernel's (AF_ALG) is an option that a node may lack.
 *
 * The constants are what FIPS 180-4 defines: the first 64 fractional bits of the cube roots of the
 * first 80 primes, and of the square roots of the first 8.
 */

#include "base/sha512.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 128, ROUNDS = 80 };

static const uint64_t constants[ROUNDS] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
	0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
	0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
	0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
	0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
	0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
	0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
	0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
	0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
	0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
	0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
	0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
	0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
	0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static const uint64_t initial[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static uint64_t rotate(uint64_t x, unsigned int n)
{
	return x >> n | x << (64 - n);
}

static uint64_t load(const unsigned char *p)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < 8; i++)
		value = value << 8 | p[i];

	return value;
}

static void schedule(uint64_t w[ROUNDS], const unsigned char *block)
{
	int i;

	for (i = 0; i < 16; i++)
		w[i] = load(block + 8 * (size_t)i);

	for (; i < ROUNDS; i++) {
		uint64_t x = w[i - 15], y = w[i - 2];

		w[i] = w[i - 16] + (rotate(x, 1) ^ rotate(x, 8) ^ x >> 7) + w[i - 7] +
		       (rotate(y, 19) ^ rotate(y, 61) ^ y >> 6);
	}
}

static void compress(uint64_t state[8], const unsigned char *block)
{
	uint64_t w[ROUNDS], v[8];
	int i;

	schedule(w, block);
	memcpy(v, state, sizeof(v));

	for (i = 0; i < ROUNDS; i++) {
		uint64_t e = v[4], a = v[0];
		uint64_t t1 = v[7] + (rotate(e, 14) ^ rotate(e, 18) ^ rotate(e, 41)) +
			      ((e & v[5]) ^ (~e & v[6])) + constants[i] + w[i];
		uint64_t t2 = (rotate(a, 28) ^ rotate(a, 34) ^ rotate(a, 39)) +
			      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}

	for (i = 0; i < 8; i++)
		state[i] += v[i];
}

struct stream {
	uint64_t state[8];
	uint64_t length;
	unsigned char block[BLOCK];
};

static void feed(struct stream *s, unsigned char byte)
{
	s->block[s->length++ % BLOCK] = byte;
	if (s->length % BLOCK == 0)
		compress(s->state, s->block);
}

static void finish(struct stream *s)
{
	uint64_t bits = s->length * 8;
	int i;

	feed(s, 0x80);
	while (s->length % BLOCK != BLOCK - 16)
		feed(s, 0);
	for (i = 0; i < 8; i++) /* the upper half of the 128-bit length */
		feed(s, 0);
	for (i = 56; i >= 0; i -= 8)
		feed(s, (unsigned char)(bits >> i));
}

void cnet__sha512_hex(const char *const *parts, char *hex, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	struct stream s = { .length = 0 };
	size_t i;

	memcpy(s.state, initial, sizeof(s.state));
	for (; *parts != NULL; parts++) {
		const char *p;

		for (p = *parts; *p != '\0'; p++)
			feed(&s, (unsigned char)*p);
	}
	finish(&s);

	for (i = 0; i + 1 < size && i < CNET__SHA512_HEX - 1; i++)
		hex[i] = digits[s.state[i / 16] >> (60 - 4 * (i % 16)) & 15];
	hex[i] = '\0';
}
