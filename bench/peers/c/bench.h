// What every C program of the benchmarks shares: its arguments, clocks, and one JSON line a repeat.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// PROGRAM WORKLOAD VARIANT COUNT REPEATS [SIZE [PORT [PROTOCOL]]]: README.md says what each one means.
struct arguments {
  const char* workload;
  const char* variant;
  int count;
  int repeats;
  int size;
  uint32_t port;
  int protocol;
};
struct arguments parse_arguments(int argc, char** argv);
int variant_is(const struct arguments* arguments, const char* variant);

// The exit status of a program that does not offer a workload, or a variant of it.
enum { NOT_OFFERED = 2 };

struct sample {
  uint64_t begin_ns;
  uint64_t end_ns;
  double user;
  double system;
  long idle_kb;
  long peak_kb;
};
void sample_begin(struct sample* sample);
void sample_end(struct sample* sample);
// latencies: NULL, or count nanoseconds, which get sorted. extra: "", or further members like ",\"added\":1".
void sample_print(const struct sample* sample, uint64_t count, uint32_t* latencies, const char* extra);

uint64_t now_ns(void);
void* allocate(size_t count, size_t size);
// Ends the program with what failed and errno's text.
_Noreturn void fail(const char* what);

// Reports a workload's repeats: one that warms up and is not reported, then the counted ones.
#define WARM_UP (-1)
static inline int repeat_count(const struct arguments* arguments, int repeat) {
  return repeat == WARM_UP ? arguments->count / 10 : arguments->count;
}

// The routes: 16.0.0.0/24 upward by way of 10.255.0.2 to .65, in network byte order.
uint32_t route_destination(uint32_t index);
uint32_t route_gateway(uint32_t index);
uint32_t route_priority(uint32_t index);
// The route that tells a listener to stop (203.0.113.0/24), in host byte order.
#define SENTINEL_DESTINATION 0xcb007100u
#define ROUTE_LINK "v0"
#define FORCED_BUFFER (32 << 20)
