/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of --json: every event makes one that is valid and complete, the schema in doc/ knows each,
 * and the last one is the result. BOOTPIN_GOLDEN=update writes the schema's events anew.
 */
#include "report/json.h"

#ifdef HAVE_JANSSON

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/event_kind.h"
#include "report/text.h"
#include "tests/lib/runner.h"

#define SCHEMA "/doc/bootpin.schema.json"
/* A control character, what is no UTF-8, a quote, and a character of two bytes. */
#define ODD_TEXT "a\x1b[2J\xff\"\n\xc3\xa9"

static FILE *lines, *out, *err;

static void listen(struct report *r, enum json_place place)
{
	struct err e = ERR_INIT;

	lines = tmpfile();
	out = tmpfile();
	err = tmpfile();
	ck_assert(lines && out && err);
	report_init(r, &report_text, out, err, 0, false);
	ck_assert_int_eq(json_begin(r, lines, "P", place, &e), 0);
}

/* Line @number of @from, from 0, or the last one with -1; NULL if there is none. */
/* Lines are kept to the end, so that a test may use what it has of them. */
static json_t *keep(json_t *line)
{
	static json_t *kept;

	if (!kept)
		kept = json_array();
	json_array_append_new(kept, line);
	return line;
}

static json_t *line_of(FILE *from, int number)
{
	static char text[65536];
	json_t *found = NULL;
	json_error_t why;

	rewind(from);
	for (int i = 0; (i <= number || number < 0) && fgets(text, sizeof(text), from); i++) {
		json_decref(found);
		found = json_loads(text, 0, &why);
		ck_assert_msg(found != NULL, "'%s': %s", text, why.text);
		if (i == number)
			return keep(found);
	}
	if (number < 0)
		return keep(found);
	json_decref(found);
	return NULL;
}

static const char *text_of(json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text ? text : "";
}

static json_int_t number_of(json_t *line, const char *key)
{
	json_t *value = json_object_get(line, key);

	ck_assert_msg(json_is_integer(value), "%s is no number", key);
	return json_integer_value(value);
}

static bool is_null(json_t *line, const char *key)
{
	return json_is_null(json_object_get(line, key));
}

static bool is_text(const char *type)
{
	return !strcmp(type, "text") || !strcmp(type, "words");
}

/* A value for each key of @row, behind one that does not count; returns how many with it. */
static size_t make_values(const struct event_row *row, struct event_value *v)
{
	char key[EVENT_KEY_MAX], type[EVENT_KEY_MAX];
	const char *at = row->keys;
	size_t n = 1;

	for (; (at = event_key(at, key, type)); n++)
		v[n] = is_text(type) ? event_text(ODD_TEXT) : event_number(0x22);
	return n;
}

START_TEST(each_event_is_a_line_with_all_its_values)
{
	const struct event_row *row = &event_table[_i];
	struct event_value values[1 + EVENT_KEYS_MAX];
	char key[EVENT_KEY_MAX], type[EVENT_KEY_MAX];
	const char *at = row->keys;
	struct report r;
	json_t *line;

	listen(&r, JSON_BESIDE_TEXT);
	report_values(&r, values, make_values(row, values), (enum event)_i);
	line = line_of(lines, 0);
	ck_assert_str_eq(text_of(line, "name"), row->name);
	ck_assert_str_eq(text_of(line, "event"), event_kind((enum event)_i));
	if (row->text[0])
		ck_assert_str_ne(text_of(line, "text"), "");
	while ((at = event_key(at, key, type))) {
		ck_assert_msg(strcmp(key, "event") && strcmp(key, "name") && strcmp(key, "text"),
			      "%s: the key '%s' has another meaning", row->name, key);
		if (is_text(type))
			ck_assert_str_eq(text_of(line, key), "a\\x1b[2J\\xff\"\\x0a\xc3\xa9");
		else if (!strcmp(type, "version"))
			ck_assert_str_eq(text_of(line, key), "2.2");
		else if (!strcmp(type, "flag"))
			ck_assert(json_is_true(json_object_get(line, key)));
		else if (!strcmp(type, "seconds") || !strcmp(type, "hundredths"))
			ck_assert(json_is_real(json_object_get(line, key)));
		else
			ck_assert_int_eq(number_of(line, key), 0x22);
	}
	ck_assert_ptr_null(line_of(lines, 1));
	json_drop(&r);
}
END_TEST

START_TEST(what_has_no_value_is_null)
{
	struct report r;
	json_t *line;

	listen(&r, JSON_BESIDE_TEXT);
	report_event(&r, EV_LIST_CHIP, 0x410, "F1", 64, 0, "parts", "");
	line = line_of(lines, 0);
	ck_assert(is_null(line, "note"));
	ck_assert(is_null(line, "i2c_address"));
	report_event(&r, EV_LIST_CHIP, 0x410, "F1", 64, 0x48, "parts", " (clone)");
	line = line_of(lines, 1);
	ck_assert_str_eq(text_of(line, "note"), "(clone)");
	ck_assert_int_eq(number_of(line, "i2c_address"), 0x48);
	json_drop(&r);
}
END_TEST

/* ---- streams ---- */

static long size_of(FILE *f)
{
	fseek(f, 0, SEEK_END);
	return ftell(f);
}

START_TEST(on_standard_output_json_takes_the_place_of_text_there_alone)
{
	struct report r;

	listen(&r, JSON_ON_STDOUT);
	report_event(&r, EV_LINE, "asked for");
	ck_assert_int_eq(size_of(out), 0);
	report_event(&r, EV_RESET);
	ck_assert_int_eq(size_of(err), (long)strlen("reset\n"));
	json_drop(&r);
	listen(&r, JSON_BESIDE_TEXT);
	report_event(&r, EV_LINE, "asked for");
	ck_assert_int_eq(size_of(out), (long)strlen("asked for\n"));
	json_drop(&r);
}
END_TEST

START_TEST(verbosity_leaves_out_no_line)
{
	struct report r;

	listen(&r, JSON_BESIDE_TEXT);
	r.verbosity = -1;
	report_event(&r, EV_DETAIL, "m");
	report_event(&r, EV_IDENTIFIED);
	ck_assert_str_eq(text_of(line_of(lines, 0), "name"), "detail");
	ck_assert_str_eq(text_of(line_of(lines, 1), "name"), "identified");
	ck_assert_int_eq(size_of(err), 0);
	ck_assert_str_eq(report_done(&r), "identified");
	json_drop(&r);
}
END_TEST

/* ---- phases ---- */

START_TEST(progress_is_told_twice_a_second_at_most)
{
	int told = 0;
	struct report r;
	json_t *line;

	listen(&r, JSON_BESIDE_TEXT);
	report_begin(&r, PHASE_WRITING, 10000, 0);
	for (uint64_t i = 1; i <= 10000; i++)
		report_progress(&r, i, (nsec_t)i * NSEC_PER_MSEC);
	report_end(&r, REPORT_DONE, 10 * NSEC_PER_SEC);
	ck_assert_str_eq(text_of(line_of(lines, 0), "name"), "begin");
	for (int i = 1; (line = line_of(lines, i)); i++) {
		if (strcmp(text_of(line, "event"), "progress"))
			continue;
		told++;
		ck_assert_int_eq(number_of(line, "done"), 500 * told);
		ck_assert_str_eq(text_of(line, "phase"), "write");
	}
	ck_assert_int_eq(told, 20);
	line = line_of(lines, -1);
	ck_assert_str_eq(text_of(line, "name"), "end");
	ck_assert_str_eq(text_of(line, "event"), "write");
	ck_assert_int_eq(number_of(line, "done"), 10000);
	ck_assert(json_real_value(json_object_get(line, "seconds")) == 10.0);
	json_drop(&r);
}
END_TEST

/* ---- the result ---- */

static const struct { enum err_code code; int sys, exit; const char *class; } classes[] = {
	{ ERR_OTHER, 0, 1, "other" }, { ERR_USAGE, 0, 2, "usage" }, { ERR_IMAGE, 0, 3, "image" },
	{ ERR_OPEN, 0, 4, "port" }, { ERR_SILENT, 0, 5, "silent" }, { ERR_LINK, 0, 6, "link" },
	{ ERR_GONE, 0, 6, "link" }, { ERR_PROTECTED, 0, 7, "protected" },
	{ ERR_WRITE_PROTECTED, 0, 7, "protected" }, { ERR_VERIFY, 0, 8, "verify" },
	{ ERR_ABILITY, 0, 9, "ability" }, { ERR_SIGNAL, 15, 143, "signal" },
};

START_TEST(result_has_exit_class_address_and_place_of_the_error)
{
	struct err e = ERR_INIT, why = ERR_INIT;
	struct report r;
	json_t *line;

	listen(&r, JSON_BESIDE_TEXT);
	err_set(&e, classes[_i].code, "it failed");
	e.sys = classes[_i].sys;
	err_at(&e, 0x08000123);
	err_in(&e, "a.hex", 7);
	e.phase = phase_table[PHASE_VERIFYING].doing;
	report_error(&r, "bootpin", &e);
	ck_assert_int_eq(json_end(&r, &e, &why), 0);
	ck_assert_str_eq(text_of(line_of(lines, 0), "event"), "error");
	line = line_of(lines, -1);
	ck_assert_str_eq(text_of(line, "event"), "result");
	ck_assert_str_eq(text_of(line, "port"), "P");
	ck_assert_int_eq(number_of(line, "exit"), classes[_i].exit);
	ck_assert_str_eq(text_of(line, "error"), classes[_i].class);
	ck_assert_str_eq(text_of(line, "message"), "it failed");
	ck_assert_int_eq(number_of(line, "address"), 0x08000123);
	ck_assert_str_eq(text_of(line, "phase"), "verify");
	ck_assert_str_eq(text_of(line, "file"), "a.hex");
	ck_assert_int_eq(number_of(line, "line"), 7);
	ck_assert_ptr_eq(r.ops, &report_text);
}
END_TEST

START_TEST(result_gathers_what_was_reported)
{
	struct err e = ERR_INIT, why = ERR_INIT;
	struct report r;
	json_t *line, *phases;

	listen(&r, JSON_BESIDE_TEXT);
	report_event(&r, EV_IMAGE_FILE, "a.bin", "raw", 3000, 1, "5a");
	report_event(&r, EV_IDENTITY, "F1 (0x410)", 0x410, 0x22, 64, "0a", 115200, 0);
	report_event(&r, EV_ERASE_ACKNOWLEDGED, 3, 3072);
	report_event(&r, EV_ERASE_ACKNOWLEDGED, 1, 1024);
	report_begin(&r, PHASE_READING, 1, 0);
	report_end(&r, REPORT_DONE, NSEC_PER_SEC);
	report_begin(&r, PHASE_READING_TWICE, 1, 0);
	report_end(&r, REPORT_FAILED, NSEC_PER_SEC);
	report_event(&r, EV_WRITTEN_VERIFIED, 3000, 0, 0, "reading");
	report_event(&r, EV_RECOVERIES, 2);
	report_event(&r, EV_TRAFFIC, 5, 6, 7, 8 * NSEC_PER_SEC);
	ck_assert_int_eq(json_end(&r, &e, &why), 0);
	line = line_of(lines, -1);
	ck_assert_int_eq(number_of(line, "exit"), 0);
	ck_assert(is_null(line, "error") && is_null(line, "message") && is_null(line, "address"));
	ck_assert_str_eq(text_of(line, "done"), "2.9 KiB written and verified by reading");
	ck_assert_str_eq(text_of(line, "chip"), "F1 (0x410)");
	ck_assert_int_eq(number_of(line, "product_id"), 0x410);
	ck_assert_str_eq(text_of(line, "bootloader"), "2.2");
	ck_assert_str_eq(text_of(line, "unique_id"), "0a");
	ck_assert_int_eq(number_of(line, "flash_kb"), 64);
	ck_assert_int_eq(number_of(line, "rate"), 115200);
	ck_assert_int_eq(number_of(line, "bytes"), 3000);
	ck_assert_str_eq(text_of(line, "verified_by"), "reading");
	ck_assert_int_eq(number_of(line, "pages"), 4);
	ck_assert_int_eq(number_of(line, "turns"), 5);
	ck_assert_int_eq(number_of(line, "retries"), 2);
	ck_assert(json_real_value(json_object_get(line, "seconds")) == 8.0);
	ck_assert_str_eq(text_of(json_array_get(json_object_get(line, "files"), 0), "sha256"), "5a");
	phases = json_object_get(line, "phases");
	ck_assert_uint_eq(json_object_size(phases), 1);
	ck_assert(json_real_value(json_object_get(phases, "read")) == 2.0);
}
END_TEST

START_TEST(unchecked_is_no_way_to_verify)
{
	struct err e = ERR_INIT, why = ERR_INIT;
	struct report r;

	listen(&r, JSON_BESIDE_TEXT);
	report_event(&r, EV_READ, 16, RESULT_UNCHECKED);
	json_end(&r, &e, &why);
	ck_assert(is_null(line_of(lines, -1), "verified_by"));
}
END_TEST

START_TEST(each_of_several_ports_has_a_result_with_the_files_of_all)
{
	struct err died = ERR_INIT, none = ERR_INIT, why = ERR_INIT;
	struct report r, branch;
	json_t *line;

	listen(&r, JSON_BESIDE_TEXT);
	report_event(&r, EV_IMAGE_FILE, "a.bin", "raw binary", 16, 1, "5a");
	report_init(&branch, &report_text, r.out, r.err, 0, false);
	ck_assert_int_eq(json_branch(&r, &branch, "P2", &why), 0);
	report_event(&branch, EV_RESET);
	ck_assert_str_eq(text_of(line_of(lines, -1), "port"), "P2");
	err_set(&died, ERR_OTHER, "its process was ended by signal 9");
	ck_assert_int_eq(json_end(&branch, &died, &why), 0);
	line = line_of(lines, -1);
	ck_assert_str_eq(text_of(line, "event"), "result");
	ck_assert_str_eq(text_of(line, "port"), "P2");
	ck_assert_int_eq(number_of(line, "exit"), 1);
	ck_assert_str_eq(text_of(line, "message"), "its process was ended by signal 9");
	ck_assert_str_eq(text_of(json_array_get(json_object_get(line, "files"), 0), "sha256"), "5a");
	ck_assert_int_eq(json_end(&r, &none, &why), 0);
	ck_assert_str_ne(text_of(line_of(lines, -1), "port"), "P2");
}
END_TEST

START_TEST(report_that_another_process_tells_writes_nothing)
{
	struct err e = ERR_INIT, why = ERR_INIT;
	struct report r;

	listen(&r, JSON_BESIDE_TEXT);
	json_drop(&r);
	report_event(&r, EV_RESET);
	ck_assert_int_eq(json_end(&r, &e, &why), 0);
	ck_assert_int_eq(ftell(lines), 0);
}
END_TEST

START_TEST(line_that_cannot_be_written_is_an_error_at_the_end)
{
	FILE *full = fopen("/dev/full", "w");
	struct err e = ERR_INIT, why = ERR_INIT;
	struct report r;

	ck_assert_ptr_nonnull(full);
	report_init(&r, &report_text, tmpfile(), tmpfile(), 0, false);
	ck_assert_int_eq(json_begin(&r, full, NULL, JSON_BESIDE_TEXT, &e), 0);
	report_event(&r, EV_RESET);
	ck_assert_int_eq(json_end(&r, &e, &why), -1);
	ck_assert_str_eq(why.msg, "cannot write what --json has to say: No space left on device");
	ck_assert_int_eq(why.code, ERR_OTHER);
	fclose(full);
}
END_TEST

/* ---- the schema ---- */

static json_t *schema_of_type(const char *type)
{
	if (!strcmp(type, "text") || !strcmp(type, "words"))
		return json_pack("{s:[s,s]}", "type", "string", "null");
	if (!strcmp(type, "bus") || !strcmp(type, "usb"))
		return json_pack("{s:[s,s]}", "type", "integer", "null");
	if (!strcmp(type, "flag"))
		return json_pack("{s:s}", "type", "boolean");
	if (!strcmp(type, "version"))
		return json_pack("{s:s,s:s}", "type", "string", "pattern", "^[0-9]+[.][0-9]+$");
	if (!strcmp(type, "seconds") || !strcmp(type, "hundredths"))
		return json_pack("{s:s,s:i}", "type", "number", "minimum", 0);
	return json_pack("{s:s,s:i}", "type", "integer", "minimum", 0);
}

static json_t *schema_of_event(enum event ev)
{
	const struct event_row *row = &event_table[ev];
	json_t *keys = json_object(), *needed = json_array();
	char key[EVENT_KEY_MAX], type[EVENT_KEY_MAX];
	const char *at = row->keys;

	json_object_set_new(keys, "event", json_pack("{s:s}", "const", event_kind(ev)));
	json_object_set_new(keys, "name", json_pack("{s:s}", "const", row->name));
	json_object_set_new(keys, "port", schema_of_type("text"));
	while ((at = event_key(at, key, type)))
		json_object_set_new(keys, key, schema_of_type(type));
	if (row->text[0])
		json_object_set_new(keys, "text", json_pack("{s:s}", "type", "string"));
	for (void *i = json_object_iter(keys); i; i = json_object_iter_next(keys, i))
		json_array_append_new(needed, json_string(json_object_iter_key(i)));
	return json_pack("{s:s,s:o,s:o,s:b}", "type", "object", "properties", keys, "required",
			 needed, "additionalProperties", 0);
}

static json_t *ref_to(const char *where, const char *name)
{
	return json_pack("{s:o}", "$ref", json_sprintf("#/definitions/%s%s", where, name));
}

/* Of each kind the lines that there are. */
static json_t *schema_of_kinds(void)
{
	json_t *kinds = json_object(), *any;

	for (size_t i = 0; i < EV_COUNT; i++) {
		const char *kind = event_kind((enum event)i);

		if (!json_object_get(kinds, kind))
			json_object_set_new(kinds, kind, json_pack("{s:[]}", "anyOf"));
		any = json_object_get(json_object_get(kinds, kind), "anyOf");
		json_array_append_new(any, ref_to("events/", event_table[i].name));
	}
	for (size_t i = PHASE_NONE + 1; i < PHASE_COUNT; i++) {
		any = json_object_get(json_object_get(kinds, phase_table[i].kind), "anyOf");
		ck_assert_msg(any != NULL, "no event is of kind %s", phase_table[i].kind);
		if (strcmp(text_of(json_array_get(any, 0), "$ref"), "#/definitions/phase"))
			json_array_insert_new(any, 0, ref_to("", "phase"));
	}
	json_object_set_new(kinds, "progress", ref_to("", "progress"));
	json_object_set_new(kinds, "error", ref_to("", "error"));
	json_object_set_new(kinds, "result", ref_to("", "result"));
	return kinds;
}

static json_t *schema_of_line(json_t *kinds)
{
	json_t *all = json_array(), *names = json_array();

	for (void *i = json_object_iter(kinds); i; i = json_object_iter_next(kinds, i)) {
		const char *kind = json_object_iter_key(i);

		json_array_append_new(names, json_string(kind));
		json_array_append_new(all, json_pack("{s:{s:{s:{s:s}}},s:o}", "if", "properties",
						     "event", "const", kind, "then",
						     ref_to("kinds/", kind)));
	}
	return json_pack("{s:s,s:[s,s,s],s:{s:{s:o}},s:o}", "type", "object", "required", "event",
			 "name", "port", "properties", "event", "enum", names, "allOf", all);
}

static void path_of_schema(char *path, size_t size)
{
	const char *top = getenv("top_srcdir");

	snprintf(path, size, "%s" SCHEMA, top ? top : ".");
}

START_TEST(schema_knows_each_event_with_its_keys_and_types)
{
	json_t *schema, *definitions, *events = json_object(), *kinds = schema_of_kinds(), *was;
	const char *update = getenv("BOOTPIN_GOLDEN");
	char path[4096];
	json_error_t why;

	path_of_schema(path, sizeof(path));
	schema = json_load_file(path, 0, &why);
	ck_assert_msg(schema != NULL, "%s:%d: %s", path, why.line, why.text);
	was = json_deep_copy(schema);
	for (size_t i = 0; i < EV_COUNT; i++)
		json_object_set_new(events, event_table[i].name, schema_of_event((enum event)i));
	json_object_update_new(schema, schema_of_line(kinds));
	definitions = json_object_get(schema, "definitions");
	json_object_set_new(definitions, "kinds", kinds);
	json_object_set_new(definitions, "events", events);
	if (update && !strcmp(update, "update"))
		ck_assert_int_eq(json_dump_file(schema, path, JSON_INDENT(1)), 0);
	else
		ck_assert_msg(json_equal(schema, was), "%s is not what the table of events says; "
			      "BOOTPIN_GOLDEN=update writes it anew", path);
	json_decref(was);
	json_decref(schema);
}
END_TEST

/* ---- the text about it ---- */

static char *read_doc(const char *name)
{
	static char text[65536];
	const char *top = getenv("top_srcdir");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/doc/%s", top ? top : ".", name);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

START_TEST(json_md_names_each_kind_and_each_key_of_the_result)
{
	struct err e = ERR_INIT, why = ERR_INIT;
	const char *text = read_doc("json.md");
	struct report r;
	char word[80];
	json_t *line;

	for (size_t i = 0; i < EV_COUNT; i++) {
		snprintf(word, sizeof(word), "`%s`", event_kind((enum event)i));
		ck_assert_msg(strstr(text, word) != NULL, "doc/json.md has no %s", word);
	}
	listen(&r, JSON_BESIDE_TEXT);
	json_end(&r, &e, &why);
	line = line_of(lines, -1);
	for (void *i = json_object_iter(line); i; i = json_object_iter_next(line, i)) {
		snprintf(word, sizeof(word), "`%s`", json_object_iter_key(i));
		ck_assert_msg(strstr(text, word) != NULL, "doc/json.md has no %s", word);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("json");
	TCase *t = runner_case(s, "json", 0);

	tcase_add_loop_test(t, each_event_is_a_line_with_all_its_values, 0, EV_COUNT);
	tcase_add_test(t, what_has_no_value_is_null);
	tcase_add_test(t, on_standard_output_json_takes_the_place_of_text_there_alone);
	tcase_add_test(t, verbosity_leaves_out_no_line);
	tcase_add_test(t, progress_is_told_twice_a_second_at_most);
	tcase_add_loop_test(t, result_has_exit_class_address_and_place_of_the_error, 0,
			    COUNT(classes));
	tcase_add_test(t, result_gathers_what_was_reported);
	tcase_add_test(t, unchecked_is_no_way_to_verify);
	tcase_add_test(t, each_of_several_ports_has_a_result_with_the_files_of_all);
	tcase_add_test(t, report_that_another_process_tells_writes_nothing);
	tcase_add_test(t, line_that_cannot_be_written_is_an_error_at_the_end);
	tcase_add_test(t, schema_knows_each_event_with_its_keys_and_types);
	tcase_add_test(t, json_md_names_each_kind_and_each_key_of_the_result);
	return runner_run(s);
}

#else

int main(void)
{
	puts("SKIP: built without jansson");
	return 77;
}

#endif
