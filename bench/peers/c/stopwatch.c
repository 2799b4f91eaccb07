// Times another program from its fork: to its end, or to its first byte of output.
//   stopwatch end|first-byte COUNT -- COMMAND ...
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static pid_t run(char** command, int output) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return child;
  if (dup2(output, STDOUT_FILENO) < 0) fail("dup2");
  execvp(command[0], command);
  fail(command[0]);
}

int main(int argc, char** argv) {
  if (argc < 5 || strcmp(argv[3], "--")) return NOT_OFFERED;
  int first_byte = !strcmp(argv[1], "first-byte"), pipe_fds[2],
      null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0 || pipe2(pipe_fds, O_CLOEXEC)) fail("pipe2");
  struct sample sample = {.begin_ns = now_ns()};
  pid_t child = run(argv + 4, first_byte ? pipe_fds[1] : null);
  close(pipe_fds[1]);
  char byte;
  if (first_byte) {
    if (read(pipe_fds[0], &byte, 1) == 1) sample.end_ns = now_ns();
  }
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) fail("wait4");
  if (!first_byte) sample.end_ns = now_ns();
  if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_OFFERED) return NOT_OFFERED;
  if (status || !sample.end_ns) {
    fprintf(stderr, "%s ended with wait status %x\n", argv[4], (unsigned int)status);
    return 1;
  }
  sample.user = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
  sample.system = (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
  sample.peak_kb = usage.ru_maxrss;
  sample_print(&sample, strtoul(argv[2], NULL, 10), NULL, "");
  return 0;
}
