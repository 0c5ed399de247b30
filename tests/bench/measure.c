/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure FILE COMMAND...: runs COMMAND and writes to FILE, on one line, the seconds it took, the
 * seconds of processor time, the largest resident size in KiB, and the largest size in KiB of it and
 * its children together. Ends as COMMAND does.
 *
 * The first size is the kernel's own high-water mark, looked at while COMMAND runs: that of getrusage
 * starts with what this program has when it forks. The second counts each page once, whoever shares it
 * (Pss); since it costs time to ask for, it is looked at twice a second.
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
#define SUM_EVERY 25		/* looks */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "@name: NUMBER kB" in a file of /proc/PID; @value stays as it is if the process has just ended. */
static void look(pid_t pid, const char *file, const char *name, long *value)
{
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			*value = strtol(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
}

static long pss(pid_t pid)
{
	long kb = 0;

	look(pid, "smaps_rollup", "Pss:", &kb);
	return kb;
}

/* Of the process and its children. */
static void look_at_all(pid_t pid, long *peak_kb)
{
	long kb = pss(pid);
	char path[64];
	int child;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &child) == 1)
		kb += pss(child);
	if (f)
		fclose(f);
	if (kb > *peak_kb)
		*peak_kb = kb;
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
	long peak_kb = 0, all_kb = 0;
	unsigned int looks = 0;
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
	while (sigtimedwait(&ends, NULL, &each) < 0) {
		look(pid, "status", "VmHWM:", &peak_kb);
		if (looks++ % SUM_EVERY == SUM_EVERY - 1)
			look_at_all(pid, &all_kb);
	}
	took = now() - began;
	if (wait4(pid, &status, 0, &used) < 0) {
		perror("measure: cannot wait");
		return 1;
	}
	fprintf(to, "%.6f %.6f %ld %ld\n", took,
		(double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6, peak_kb, all_kb);
	if (fclose(to) == EOF)
		return 1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
