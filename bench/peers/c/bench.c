#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void fail(const char* what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

void* allocate(size_t count, size_t size) {
  void* memory = calloc(count, size);
  if (!memory) fail("calloc");
  return memory;
}

static int number(int argc, char** argv, int index, int otherwise) {
  return argc > index ? (int)strtoul(argv[index], NULL, 10) : otherwise;
}

struct arguments parse_arguments(int argc, char** argv) {
  if (argc < 3) exit(NOT_OFFERED);
  return (struct arguments){
      .workload = argv[1],
      .variant = argv[2],
      .count = number(argc, argv, 3, 100000),
      .repeats = number(argc, argv, 4, 1),
      .size = number(argc, argv, 5, 0),
      .port = (uint32_t)number(argc, argv, 6, 0),
      .protocol = number(argc, argv, 7, 2),  // NETLINK_USERSOCK
  };
}

int variant_is(const struct arguments* arguments, const char* variant) {
  return strcmp(arguments->variant, variant) == 0;
}

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static long status_kb(const char* name) {
  FILE* file = fopen("/proc/self/status", "r");
  if (!file) fail("/proc/self/status");
  char line[256];
  long value = 0;
  size_t length = strlen(name);
  while (fgets(line, sizeof line, file))
    if (!strncmp(line, name, length)) value = atol(line + length);
  fclose(file);
  return value;
}

// The peak is then that of the repeat, not that of the process. A kernel without the file keeps the latter.
static void reset_peak_memory(void) {
  int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, "5", 1) != 1) fail("clear_refs");
  close(file);
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

void sample_begin(struct sample* sample) {
  reset_peak_memory();
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  *sample = (struct sample){
      .user = seconds(usage.ru_utime), .system = seconds(usage.ru_stime), .idle_kb = status_kb("VmRSS:")};
  sample->begin_ns = now_ns();
}

void sample_end(struct sample* sample) {
  sample->end_ns = now_ns();
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  sample->user = seconds(usage.ru_utime) - sample->user;
  sample->system = seconds(usage.ru_stime) - sample->system;
  sample->peak_kb = status_kb("VmHWM:");
}

static int compare(const void* left, const void* right) {
  uint32_t a = *(const uint32_t*)left, b = *(const uint32_t*)right;
  return a < b ? -1 : a > b;
}

void sample_print(const struct sample* sample, uint64_t count, uint32_t* latencies, const char* extra) {
  printf("{\"count\":%lu,\"seconds\":%.6f,\"user\":%.4f,\"system\":%.4f,\"idleKb\":%ld,\"peakKb\":%ld",
         (unsigned long)count, (double)(sample->end_ns - sample->begin_ns) / 1e9, sample->user,
         sample->system, sample->idle_kb, sample->peak_kb);
  if (latencies) {
    qsort(latencies, count, sizeof *latencies, compare);
    printf(",\"p50\":%u,\"p99\":%u", latencies[count / 2], latencies[count * 99 / 100]);
  }
  printf("%s}\n", extra);
  fflush(stdout);
}

uint32_t route_destination(uint32_t index) { return htonl(0x10000000u + (index << 8)); }
uint32_t route_gateway(uint32_t index) { return htonl(0x0aff0002u + (index & 63)); }
uint32_t route_priority(uint32_t index) { return 100 + index % 7; }
