#pragma once

// Included before every source of a prebuilt addon. Binds the functions whose newest version in the build
// machine's glibc is younger than the floor (see targets.json) to the version that every glibc since the
// floor has. Of the rest the linker's choice is old enough, which scripts/build-prebuilds.mjs checks. musl
// ignores versions.

#if defined(__x86_64__)
#define AFNETLINK_OLDEST "GLIBC_2.2.5"
#elif defined(__s390x__)
#define AFNETLINK_OLDEST "GLIBC_2.2"
#elif defined(__arm__)
#define AFNETLINK_OLDEST "GLIBC_2.4"
#elif defined(__aarch64__) || defined(__powerpc64__)
#define AFNETLINK_OLDEST "GLIBC_2.17"
#elif defined(__riscv)
#define AFNETLINK_OLDEST "GLIBC_2.27"
#else
#error "add this architecture's oldest glibc symbol version"
#endif

#if defined(__x86_64__) || defined(__s390x__) || defined(__arm__)
#define AFNETLINK_SINCE_2_12 "GLIBC_2.12"
#else
#define AFNETLINK_SINCE_2_12 AFNETLINK_OLDEST
#endif

#if defined(__x86_64__) || defined(__s390x__)
#define AFNETLINK_SINCE_2_3_3 "GLIBC_2.3.3"
#else
#define AFNETLINK_SINCE_2_3_3 AFNETLINK_OLDEST
#endif

#define AFNETLINK_BIND(symbol, old, version) __asm__(".symver " #symbol ", " #old "@" version)

// The headers turn fcntl into fcntl64 (2.28), which differs for 64-bit file locks alone.
AFNETLINK_BIND(fcntl64, fcntl, AFNETLINK_OLDEST);
AFNETLINK_BIND(pthread_create, pthread_create, AFNETLINK_OLDEST);
AFNETLINK_BIND(pthread_detach, pthread_detach, AFNETLINK_OLDEST);
AFNETLINK_BIND(pthread_join, pthread_join, AFNETLINK_OLDEST);
AFNETLINK_BIND(pthread_condattr_setclock, pthread_condattr_setclock, AFNETLINK_SINCE_2_3_3);
AFNETLINK_BIND(pthread_setname_np, pthread_setname_np, AFNETLINK_SINCE_2_12);
