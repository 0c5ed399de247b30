/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is replaced whole or not at all: what is there after a success, after a failure,
 * and meanwhile.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/outfile.h"
#include "tests/lib/runner.h"
#include "tests/lib/tty_help.h"

static char dir[] = "/tmp/bootpin-outfile-XXXXXX";

static void enter(void)
{
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

/* Removes the files; a test that made folders has removed them. */
static void leave(void)
{
	DIR *d = opendir(".");

	for (struct dirent *f; d && (f = readdir(d));)
		if (f->d_name[0] != '.')
			unlink(f->d_name);
	if (d)
		closedir(d);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void holds(const char *path, const char *text)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");
	size_t n;

	ck_assert_msg(f != NULL, "there is no '%s'", path);
	n = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	got[n] = '\0';
	ck_assert_str_eq(got, text);
}

static const char *const chain[] = { "first", "folder/second", "third", "fourth" };

static unsigned int files(void)
{
	DIR *d = opendir(".");
	unsigned int n = 0;

	for (struct dirent *f; (f = readdir(d));)
		n += f->d_name[0] != '.';
	closedir(d);
	return n;
}

static struct outfile *begin(const char *path, const char *text)
{
	struct err e = ERR_INIT;
	struct outfile *f = outfile_open(path, &e);

	ck_assert_msg(f != NULL, "%s", e.msg);
	ck_assert_int_eq(outfile_write(f, (const uint8_t *)text, strlen(text), &e), 0);
	return f;
}

static void write_whole(const char *path, const char *text)
{
	struct err e = ERR_INIT;

	ck_assert_msg(outfile_commit(begin(path, text), &e) == 0, "%s", e.msg);
}

START_TEST(new_file_has_the_mode_of_umask)
{
	struct stat st;

	umask(027);
	write_whole("new", "text");
	holds("new", "text");
	ck_assert_int_eq(stat("new", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(files(), 1);
}
END_TEST

START_TEST(old_file_is_replaced_at_commit_and_keeps_its_mode)
{
	struct outfile *f;
	struct stat st;

	put("old", "before");
	ck_assert_int_eq(chmod("old", 0604), 0);
	f = begin("old", "after");
	holds("old", "before");
	ck_assert_int_eq(outfile_commit(f, NULL), 0);
	holds("old", "after");
	ck_assert_int_eq(stat("old", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0604);
	ck_assert_uint_eq(files(), 1);
}
END_TEST

/* In place of the C library's: what the mode was before. */
static mode_t mode_before;

int fchmod(int fd, mode_t mode)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	mode_before = st.st_mode & 07777;
	return (int)syscall(SYS_fchmod, fd, mode);
}

/* At no time could another user have opened what replaces a private file. */
START_TEST(replacement_of_a_private_file_is_private_from_the_start)
{
	umask(0);
	put("old", "before");
	ck_assert_int_eq(chmod("old", 0600), 0);
	mode_before = 0777;
	write_whole("old", "after");
	ck_assert_uint_eq(mode_before & 0077, 0);
}
END_TEST

START_TEST(abandoned_file_changes_nothing)
{
	put("old", "before");
	outfile_abandon(begin("old", "after"));
	outfile_abandon(begin("new", "after"));
	outfile_abandon(NULL);
	holds("old", "before");
	ck_assert_uint_eq(files(), 1);
}
END_TEST

/* The link stays a link, whether or not there is a file behind it. */
START_TEST(link_stays_and_its_file_is_replaced)
{
	struct stat st;

	if (_i)
		put("file", "before");
	ck_assert_int_eq(symlink("file", "link"), 0);
	write_whole("link", "after");
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	holds("file", "after");
	ck_assert_uint_eq(files(), 2);
}
END_TEST

/* From link to link, over folders, to a file that there is or not; all of them stay links. */
START_TEST(chain_of_links_is_followed_to_its_end)
{
	struct stat st;

	ck_assert_int_eq(mkdir("folder", 0700), 0);
	ck_assert_int_eq(symlink("folder/second", "first"), 0);
	ck_assert_int_eq(symlink("../third", "folder/second"), 0);
	ck_assert_int_eq(symlink("fourth", "third"), 0);
	ck_assert_int_eq(symlink("file", "fourth"), 0);
	if (_i)
		put("file", "before");
	write_whole("first", "after");
	holds("file", "after");
	ck_assert_int_eq(lstat("file", &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	for (size_t i = 0; i < COUNT(chain); i++) {
		ck_assert_int_eq(lstat(chain[i], &st), 0);
		ck_assert_msg(S_ISLNK(st.st_mode), "'%s' is no link any more", chain[i]);
	}
	ck_assert_int_eq(unlink("folder/second"), 0);
	ck_assert_int_eq(rmdir("folder"), 0);
}
END_TEST

/* The link's own target is what is missing, not the link. */
START_TEST(chain_that_ends_in_no_folder_is_refused)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(symlink("second", "first"), 0);
	ck_assert_int_eq(symlink("missing/file", "second"), 0);
	ck_assert_ptr_null(outfile_open("first", &e));
	ck_assert_str_eq(e.msg, "cannot write 'first': No such file or directory");
	ck_assert_uint_eq(files(), 2);
}
END_TEST

START_TEST(socket_is_refused)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct err e = ERR_INIT;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_ptr_null(outfile_open("socket", &e));
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_str_eq(e.msg, "cannot write 'socket': it is a socket");
	close(fd);
}
END_TEST

/* A pipe is written as it is, and stays one. */
START_TEST(pipe_is_written_in_place)
{
	char got[8] = "";
	struct stat st;
	int in;

	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	in = open("pipe", O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(in, 0);
	write_whole("pipe", "text");
	ck_assert_int_eq(read(in, got, sizeof(got) - 1), 4);
	ck_assert_str_eq(got, "text");
	close(in);
	ck_assert_int_eq(lstat("pipe", &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	ck_assert_uint_eq(files(), 1);
}
END_TEST

/* A node on a file system without devices exists and cannot be opened. */
static int access_by_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -1 : close(fd);
}

START_TEST(device_is_written_in_place)
{
	const char *path = "null";
	struct stat st;
	struct pty pty;

	/* One of the test's own; where none can be made, a terminal that nobody else uses. */
	pty_make(&pty);
	if (mknod(path, S_IFCHR | 0600, makedev(1, 3)) < 0 || access_by_open(path) < 0)
		path = pty.path;
	write_whole(path, "text");
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
	close(pty.far);
}
END_TEST

/* Known before anything is done. */
static const struct { const char *path, *says; } refused[] = {
	{ "missing/file", "cannot write 'missing/file': No such file or directory" },
	{ ".", "cannot write '.': Is a directory" },
	{ "loop", "cannot write 'loop'" },
	{ "plain/file", "cannot write 'plain/file': Not a directory" },
};

START_TEST(what_cannot_be_written_is_refused_at_open)
{
	struct err e = ERR_INIT;

	put("plain", "text");
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	ck_assert_ptr_null(outfile_open(refused[_i].path, &e));
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_msg(strstr(e.msg, refused[_i].says) != NULL, "%s", e.msg);
	ck_assert_uint_eq(files(), 2);
}
END_TEST

/* Files that earlier runs may have left are neither used nor removed. */
START_TEST(temporary_files_of_others_stay)
{
	struct err e = ERR_INIT;
	char name[32];

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "file.%d-%d.tmp", (int)getpid(), i);
		put(name, "another's");
	}
	ck_assert_ptr_null(outfile_open("file", &e));
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_str_eq(e.msg, "cannot write 'file': File exists");
	ck_assert_uint_eq(files(), 100);
	holds(name, "another's");
}
END_TEST

/* Root may write anything: only another real user, who is asked about, can be refused. */
START_TEST(read_only_file_is_refused)
{
	struct err e = ERR_INIT;
	bool root = geteuid() == 0;

	put("old", "before");
	ck_assert_int_eq(chmod("old", 0444), 0);
	if (root) {
		ck_assert_int_eq(chmod(".", 0777), 0);
		ck_assert_int_eq(setreuid(65534, 0), 0);
	}
	ck_assert_ptr_null(outfile_open("old", &e));
	if (root)
		ck_assert_int_eq(setreuid(0, 0), 0);
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_ptr_nonnull(strstr(e.msg, "Permission denied"));
	holds("old", "before");
}
END_TEST

/* The folder goes away meanwhile: the failure is told. */
START_TEST(failed_commit_is_told_and_leaves_nothing)
{
	struct err e = ERR_INIT;
	struct outfile *f;
	DIR *d;

	ck_assert_int_eq(mkdir("folder", 0700), 0);
	f = begin("folder/file", "text");
	d = opendir("folder");
	ck_assert_ptr_nonnull(d);
	for (struct dirent *entry; (entry = readdir(d));)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	ck_assert_int_eq(rmdir("folder"), 0);
	ck_assert_int_lt(outfile_commit(f, &e), 0);
	ck_assert_int_eq(e.code, ERR_OTHER);
	ck_assert_ptr_nonnull(strstr(e.msg, "cannot write 'folder/file'"));
	ck_assert_uint_eq(files(), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("outfile");
	TCase *t = runner_case(s, "outfile", 0);

	tcase_add_checked_fixture(t, enter, leave);
	tcase_add_test(t, new_file_has_the_mode_of_umask);
	tcase_add_test(t, old_file_is_replaced_at_commit_and_keeps_its_mode);
	tcase_add_test(t, replacement_of_a_private_file_is_private_from_the_start);
	tcase_add_test(t, abandoned_file_changes_nothing);
	tcase_add_loop_test(t, link_stays_and_its_file_is_replaced, 0, 2);
	tcase_add_loop_test(t, chain_of_links_is_followed_to_its_end, 0, 2);
	tcase_add_test(t, chain_that_ends_in_no_folder_is_refused);
	tcase_add_test(t, socket_is_refused);
	tcase_add_test(t, pipe_is_written_in_place);
	tcase_add_test(t, device_is_written_in_place);
	tcase_add_loop_test(t, what_cannot_be_written_is_refused_at_open, 0, COUNT(refused));
	tcase_add_test(t, temporary_files_of_others_stay);
	tcase_add_test(t, read_only_file_is_refused);
	tcase_add_test(t, failed_commit_is_told_and_leaves_nothing);
	return runner_run(s);
}
