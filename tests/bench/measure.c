/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure FILE COMMAND...: runs COMMAND and writes to FILE, on one line, the seconds it took, the
 * seconds of processor time, and the largest resident size in KiB. Ends as COMMAND does.
 *
 * The size is the kernel's own high-water mark, looked at while COMMAND runs: that of getrusage
 * starts with what this program has when it forks.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_NS 20000000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The last one known, if the process has just ended. */
static void look(pid_t pid, long *peak_kb)
{
	char path[40], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "VmHWM: %ld", peak_kb);
	if (f)
		fclose(f);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	fprintf(stderr, "measure: cannot run '%s': %s\n", argv[0], strerror(errno));
	_exit(127);
}

int main(int argc, char **argv)
{
	const struct timespec each = { .tv_nsec = LOOK_EVERY_NS };
	struct rusage used;
	double began, took;
	long peak_kb = 0;
	int status;
	sigset_t ends;
	FILE *to;
	pid_t pid;

	if (argc < 3 || !(to = fopen(argv[1], "we"))) {
		fputs("usage: measure FILE COMMAND...\n", stderr);
		return 2;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	began = now();
	pid = start(argv + 2);
	if (pid < 0) {
		perror("measure: cannot fork");
		return 1;
	}
	while (sigtimedwait(&ends, NULL, &each) < 0)
		look(pid, &peak_kb);
	took = now() - began;
	if (wait4(pid, &status, 0, &used) < 0) {
		perror("measure: cannot wait");
		return 1;
	}
	fprintf(to, "%.6f %.6f %ld\n", took,
		(double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6, peak_kb);
	if (fclose(to) == EOF)
		return 1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
