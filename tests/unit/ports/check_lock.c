/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of a serial port: one holder at a time, named to the others, and nothing left behind. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ports/port_lock.h"
#include "tests/lib/runner.h"
#include "tests/lib/tty_help.h"

/* A tty, a lock directory, and the lock file that belongs to the tty. */
static struct pty pty;
static char dir[128];
static char lock_file[256];

static void setup(void)
{
	const char *number;

	pty_make(&pty);
	dir_make(dir, sizeof(dir));
	number = strrchr(pty.path, '/') + 1;
	snprintf(lock_file, sizeof(lock_file), "%s/LCK..pts_%s", dir, number);
}

static void teardown(void)
{
	unlink(lock_file);
	ck_assert_msg(rmdir(dir) == 0, "something was left in '%s'", dir);
	close(pty.far);
}

static void file_write(const char *text)
{
	FILE *f = fopen(lock_file, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void file_write_pid(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%10d\n", (int)pid);
	file_write(text);
}

static void file_expect_own(void)
{
	char text[32] = "", own[32];
	struct stat st;
	FILE *f = fopen(lock_file, "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), f));
	fclose(f);
	snprintf(own, sizeof(own), "%10d\n", (int)getpid());
	ck_assert_str_eq(text, own);
	ck_assert_int_eq(stat(lock_file, &st), 0);
	ck_assert_msg((st.st_mode & 0777) == 0644, "others must be able to read the PID");
}

static pid_t dead_pid(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void take(struct port_lock *l)
{
	struct err e = ERR_INIT;

	ck_assert_msg(port_lock_take(l, dir, pty.path, NULL, &e) == 0, "%s", e.msg);
}

static void drop(struct port_lock *l)
{
	port_lock_drop(l);
	ck_assert_int_eq(access(lock_file, F_OK), -1);
	port_lock_drop(l);		/* again, as after a failed open */
}

START_TEST(lock_file_says_who_holds_it)
{
	struct port_lock l;
	mode_t mask = umask(0077);

	take(&l);
	umask(mask);
	file_expect_own();
	drop(&l);
}
END_TEST

/* Programs that share a device, but each with a part of its own. */
START_TEST(each_part_has_its_own_lock)
{
	struct port_lock l, other, whole, again;
	struct err e = ERR_INIT;
	char path[300];

	take(&whole);
	ck_assert_int_eq(port_lock_take(&l, dir, pty.path, "0x48", NULL), 0);
	snprintf(path, sizeof(path), "%s-0x48", lock_file);
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_int_eq(port_lock_take(&other, dir, pty.path, "0x49", NULL), 0);
	ck_assert_int_eq(port_lock_take(&again, dir, pty.path, "0x48", &e), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	port_lock_drop(&other);
	port_lock_drop(&l);
	drop(&whole);
}
END_TEST

START_TEST(symlink_locks_the_device)
{
	struct port_lock l;
	char name[192];

	snprintf(name, sizeof(name), "%s/usb-Adapter-port0", dir);
	ck_assert_int_eq(symlink(pty.path, name), 0);
	ck_assert_int_eq(port_lock_take(&l, dir, name, NULL, NULL), 0);
	file_expect_own();
	drop(&l);
	unlink(name);
}
END_TEST

static const char *const garbage[] = {
	"", "\n", "garbage\n", "-1\n", "0\n", "         0\n", "99999999999999999999\n", "12x\n",
};

START_TEST(garbage_is_replaced)
{
	struct port_lock l;

	file_write(garbage[_i]);
	take(&l);
	file_expect_own();
	drop(&l);
}
END_TEST

START_TEST(stale_file_is_replaced)
{
	struct port_lock l;

	file_write_pid(dead_pid());
	take(&l);
	file_expect_own();
	drop(&l);
}
END_TEST

/* In a container, the program that was killed had the same PID as the one started next. */
/* Another program is at work on a stale file and does not end: it cannot be named. */
START_TEST(stale_file_in_use_is_held)
{
	struct err e = ERR_INIT;
	struct port_lock l;
	char says[160];
	int fd;

	file_write_pid(dead_pid());
	fd = open(lock_file, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(port_lock_take(&l, dir, pty.path, NULL, &e), -1);
	snprintf(says, sizeof(says), "cannot open '%s': held by another program", pty.path);
	ck_assert_str_eq(e.msg, says);
	ck_assert_int_eq(e.code, ERR_OPEN);
	close(fd);
	take(&l);
	drop(&l);
}
END_TEST

START_TEST(own_pid_left_behind_is_replaced)
{
	struct port_lock l;

	file_write_pid(getpid());
	take(&l);
	file_expect_own();
	drop(&l);
}
END_TEST

START_TEST(second_lock_in_one_process_is_refused)
{
	struct port_lock l, second;
	struct err e = ERR_INIT;

	take(&l);
	ck_assert_int_eq(port_lock_take(&second, dir, pty.path, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	port_lock_drop(&second);
	file_expect_own();
	drop(&l);
}
END_TEST

static void child_idle(void *arg, struct outcome *o)
{
	(void)arg;
	(void)o;
}

/* "cannot open '/dev/pts/3': held by check_lock (PID 123)", with what follows in @rest. */
static void expect_held(const struct err *e, pid_t pid, const char *rest)
{
	char want[512], name[32] = "";
	FILE *f = fopen("/proc/self/comm", "r");	/* not our file's name under valgrind */

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(name, sizeof(name), f));
	fclose(f);
	name[strcspn(name, "\n")] = '\0';
	snprintf(want, sizeof(want), "cannot open '%s': held by %s (PID %d)%s", pty.path, name,
		 (int)pid, rest);
	ck_assert_int_eq(e->code, ERR_OPEN);
	ck_assert_str_eq(e->msg, want);
}

START_TEST(live_holder_is_named)
{
	struct err e = ERR_INIT;
	struct port_lock l;
	struct child c;
	char rest[300];

	child_start(&c, child_idle, NULL, false);
	file_write_pid(c.pid);
	ck_assert_int_eq(port_lock_take(&l, dir, pty.path, NULL, &e), -1);
	snprintf(rest, sizeof(rest), ", says '%s'", lock_file);
	expect_held(&e, c.pid, rest);
	port_lock_drop(&l);
	ck_assert_msg(access(lock_file, F_OK) == 0, "another program's lock file was removed");
	child_end(&c);
	take(&l);			/* now it is stale */
	drop(&l);
}
END_TEST

START_TEST(replaced_file_is_not_removed)
{
	struct port_lock l;

	take(&l);
	ck_assert_int_eq(unlink(lock_file), 0);
	file_write("another program's\n");
	port_lock_drop(&l);
	ck_assert_int_eq(access(lock_file, F_OK), 0);
}
END_TEST

START_TEST(missing_directory_stops_nobody)
{
	struct port_lock l;
	char nowhere[192];

	snprintf(nowhere, sizeof(nowhere), "%s/missing", dir);
	ck_assert_int_eq(port_lock_take(&l, nowhere, pty.path, NULL, NULL), 0);
	ck_assert_int_eq(l.fd, -1);
	port_lock_drop(&l);
}
END_TEST

static void child_take(void *arg, struct outcome *o)
{
	static struct port_lock l;

	(void)arg;
	o->ret = port_lock_take(&l, dir, pty.path, NULL, &o->e);
}

/* A directory that is not theirs to write stops nobody, but who holds the port is seen there. */
START_TEST(unwritable_directory_stops_nobody)
{
	struct child c;

	if (!may_be_nobody("unwritable_directory_stops_nobody"))
		return;
	child_start(&c, child_take, NULL, true);
	ck_assert_msg(c.outcome->ret == 0, "%s", c.outcome->e.msg);
	child_end(&c);

	file_write("garbage\n");
	child_start(&c, child_take, NULL, true);
	ck_assert_msg(c.outcome->ret == 0, "%s", c.outcome->e.msg);
	child_end(&c);

	file_write_pid(getpid());
	child_start(&c, child_take, NULL, true);
	ck_assert_int_eq(c.outcome->ret, -1);
	ck_assert_ptr_nonnull(strstr(c.outcome->e.msg, "held by "));
	child_end(&c);
}
END_TEST

/* /run/lock has the sticky bit: another user's stale file stays, and the port is opened anyway. */
START_TEST(stale_file_of_another_user_stops_nobody)
{
	struct child c;

	if (!may_be_nobody("stale_file_of_another_user_stops_nobody"))
		return;
	ck_assert_int_eq(chmod(dir, 01777), 0);
	file_write_pid(dead_pid());
	child_start(&c, child_take, NULL, true);
	ck_assert_msg(c.outcome->ret == 0, "%s", c.outcome->e.msg);
	child_end(&c);
}
END_TEST

#define RACERS 4
#define ROUNDS 500

struct race {
	int holders, taken, collisions, wrong_errors;
};

/*
 * Takes the lock over and over, and each time leaves a stale file behind. A lock file that was cut
 * to nothing is stale for everybody, and while it is held its flock says that it is not free.
 */
static void race_run(struct race *r)
{
	struct port_lock l;
	struct err e;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (port_lock_take(&l, dir, pty.path, NULL, &e) < 0) {
			if (e.code != ERR_OPEN)
				__atomic_add_fetch(&r->wrong_errors, 1, __ATOMIC_SEQ_CST);
			continue;
		}
		if (__atomic_add_fetch(&r->holders, 1, __ATOMIC_SEQ_CST) != 1)
			__atomic_add_fetch(&r->collisions, 1, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(&r->taken, 1, __ATOMIC_SEQ_CST);
		sched_yield();
		__atomic_sub_fetch(&r->holders, 1, __ATOMIC_SEQ_CST);
		if (ftruncate(l.fd, 0) < 0)
			__atomic_add_fetch(&r->wrong_errors, 1, __ATOMIC_SEQ_CST);
		close(l.fd);
	}
}

START_TEST(race_for_a_stale_file_has_one_winner)
{
	struct race *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	pid_t pid[RACERS];
	int i;

	ck_assert(r != MAP_FAILED);
	file_write("garbage\n");
	for (i = 0; i < RACERS; i++) {
		pid[i] = fork();
		ck_assert_int_ge(pid[i], 0);
		if (pid[i] == 0) {
			race_run(r);
			_exit(0);
		}
	}
	for (i = 0; i < RACERS; i++)
		ck_assert_int_eq(waitpid(pid[i], NULL, 0), pid[i]);
	ck_assert_int_eq(r->collisions, 0);
	ck_assert_int_eq(r->wrong_errors, 0);
	ck_assert_int_gt(r->taken, 0);
	munmap(r, sizeof(*r));
}
END_TEST

/* The locks on the tty itself. */

static int near_open(void)
{
	int fd = open(pty.path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void child_flock(void *arg, struct outcome *o)
{
	(void)arg;
	o->ret = flock(open(pty.path, O_RDWR | O_NOCTTY), LOCK_EX);
}

static void child_lockf(void *arg, struct outcome *o)
{
	(void)arg;
	o->ret = lockf(open(pty.path, O_RDWR | O_NOCTTY), F_TLOCK, 0);
}

static void child_lock_fd(void *arg, struct outcome *o)
{
	int fd = open(pty.path, O_RDWR | O_NOCTTY);

	(void)arg;
	o->ret = fd < 0 ? err_sys(&o->e, ERR_OPEN, errno, "open") :
		 port_lock_fd(fd, pty.path, false, &o->e);
}

static void (*const other_locks[])(void *, struct outcome *) = {
	child_flock, child_lockf, child_lock_fd,
};

START_TEST(other_programs_locks_are_seen)
{
	struct err e = ERR_INIT;
	struct child c;
	int fd = near_open();

	child_start(&c, other_locks[_i], NULL, false);
	ck_assert_int_eq(c.outcome->ret, 0);
	ck_assert_int_eq(port_lock_fd(fd, pty.path, false, &e), -1);
	expect_held(&e, c.pid, "");
	child_end(&c);
	ck_assert_int_eq(port_lock_fd(fd, pty.path, false, &e), 0);
	close(fd);
}
END_TEST

static void child_try_flock(void *arg, struct outcome *o)
{
	(void)arg;
	o->ret = flock(open(pty.path, O_RDWR | O_NOCTTY), LOCK_EX | LOCK_NB);
}

static const struct { const char *name; void (*fn)(void *, struct outcome *); } tries[] = {
	{ "flock", child_try_flock }, { "lockf", child_lockf }, { "bootpin", child_lock_fd },
};

START_TEST(our_locks_keep_others_out)
{
	struct child c;
	int fd = near_open();

	ck_assert_int_eq(port_lock_fd(fd, pty.path, false, NULL), 0);
	child_start(&c, tries[_i].fn, NULL, false);
	ck_assert_msg(c.outcome->ret == -1, "%s got in", tries[_i].name);
	child_end(&c);
	close(fd);
	child_start(&c, tries[_i].fn, NULL, false);
	ck_assert_msg(c.outcome->ret == 0, "%s is still kept out", tries[_i].name);
	child_end(&c);
}
END_TEST

START_TEST(exclusive_ends_with_unlock)
{
	struct child c;
	int fd;

	if (!may_be_nobody("exclusive_ends_with_unlock"))
		return;
	ck_assert_int_eq(chmod(pty.path, 0666), 0);
	fd = near_open();
	ck_assert_int_eq(port_lock_fd(fd, pty.path, true, NULL), 0);
	child_start(&c, child_lock_fd, NULL, true);
	ck_assert_int_eq(c.outcome->e.sys, EBUSY);
	child_end(&c);
	port_unlock_fd(fd);
	close(fd);
	child_start(&c, child_lock_fd, NULL, true);
	ck_assert_msg(c.outcome->ret == 0, "%s", c.outcome->e.msg);
	child_end(&c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lock");
	TCase *tc = runner_case(suite, "lock", 0);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, lock_file_says_who_holds_it);
	tcase_add_test(tc, each_part_has_its_own_lock);
	tcase_add_test(tc, symlink_locks_the_device);
	tcase_add_loop_test(tc, garbage_is_replaced, 0, COUNT(garbage));
	tcase_add_test(tc, stale_file_is_replaced);
	tcase_add_test(tc, own_pid_left_behind_is_replaced);
	tcase_add_test(tc, second_lock_in_one_process_is_refused);
	tcase_add_test(tc, live_holder_is_named);
	tcase_add_test(tc, replaced_file_is_not_removed);
	tcase_add_test(tc, missing_directory_stops_nobody);
	tcase_add_test(tc, unwritable_directory_stops_nobody);
	tcase_add_test(tc, stale_file_of_another_user_stops_nobody);
	tcase_add_test(tc, race_for_a_stale_file_has_one_winner);
	tcase_add_loop_test(tc, other_programs_locks_are_seen, 0, COUNT(other_locks));
	tcase_add_test(tc, stale_file_in_use_is_held);
	tcase_add_loop_test(tc, our_locks_keep_others_out, 0, COUNT(tries));
	tcase_add_test(tc, exclusive_ends_with_unlock);
	return runner_run(suite);
}
