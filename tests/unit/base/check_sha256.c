/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 of the messages that NIST publishes with their digests (FIPS 180-4 examples, and the
 * million of "a"), and of lengths around the end of a block.
 */
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "tests/lib/runner.h"

static const struct { const char *message, *digest; } vectors[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
	  "klmnopqrlmnopqrsmnopqrstnopqrstu",
	  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};

START_TEST(digest_of_a_published_message_is_the_published_one)
{
	const char *message = vectors[_i].message;
	char text[SHA256_TEXT];

	ck_assert_str_eq(sha256_text((const uint8_t *)message, strlen(message), text),
			 vectors[_i].digest);
}
END_TEST

/* sha256sum of so many bytes "a". */
static const struct { size_t len; const char *digest; } lengths[] = {
	{ 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
	{ 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
	{ 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
	{ 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
	{ 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

START_TEST(digest_holds_at_the_ends_of_blocks_and_of_a_million_bytes)
{
	uint8_t *data = malloc(lengths[_i].len);
	char text[SHA256_TEXT];

	ck_assert_ptr_nonnull(data);
	memset(data, 'a', lengths[_i].len);
	ck_assert_str_eq(sha256_text(data, lengths[_i].len, text), lengths[_i].digest);
	free(data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sha256");
	TCase *t = runner_case(s, "sha256", 0);

	tcase_add_loop_test(t, digest_of_a_published_message_is_the_published_one, 0,
			    COUNT(vectors));
	tcase_add_loop_test(t, digest_holds_at_the_ends_of_blocks_and_of_a_million_bytes, 0,
			    COUNT(lengths));
	return runner_run(s);
}
