/*
 * How much memory a program had at most. A small program has to start it: as the
 * kernel counts, what its parent had is the least.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: bench-peak PROGRAM [ARG]...\n");
		return 2;
	}
	pid = fork();
	if (pid == 0) {
		(void)execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid == -1 || wait4(pid, &status, 0, &usage) == -1) {
		perror("bench-peak");
		return 1;
	}
	(void)printf("{\"peak_kib\": %ld}\n", usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
