/*
 * Bun's musl build wants libstdc++, and Debian's is made for glibc. What that one asks of glibc and
 * musl 1.2.3 lacks: enough to start Bun on Debian, which no product needs.
 */
#define _GNU_SOURCE
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded;
struct {
  unsigned vendor, type, subtype, features;
} __cpu_model;

int __cpu_indicator_init(void) { return 0; }
int _dl_find_object(void* address, void* result) {
  (void)address, (void)result;
  return -1;
}
int __cxa_thread_atexit_impl(void (*destructor)(void*), void* object, void* library) {
  (void)destructor, (void)object, (void)library;
  return 0;
}
unsigned long __getauxval(unsigned long type) { return getauxval(type); }
size_t __strftime_l(char* text, size_t size, const char* format, const struct tm* time, locale_t locale) {
  return strftime_l(text, size, format, time, locale);
}
unsigned arc4random(void) {
  unsigned value = 0;
  (void)!getrandom(&value, sizeof value, 0);
  return value;
}
