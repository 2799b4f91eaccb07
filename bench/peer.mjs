// afnetlink, measured as the other programs are: PROGRAM WORKLOAD VARIANT COUNT REPEATS [SIZE [PORT [PROTOCOL]]].
const NOT_OFFERED = 2;

/** A cold start has a program of its own: peer/start.cjs. */
const workloads = {
  request: async () => (await import('./peer/requests.mjs')).one,
  inflight: async () => (await import('./peer/requests.mjs')).inFlight,
  dump: async () => (await import('./peer/dump.mjs')).routes,
  links: async () => (await import('./peer/dump.mjs')).links,
  routes: async () => (await import('./peer/routes.mjs')).offered,
  events: async () => (await import('./peer/events.mjs')).offered,
  overruns: async () => (await import('./peer/overruns.mjs')).offered,
  echo: async () => (await import('./peer/echo.mjs')).offered,
  calls: async () => (await import('./peer/calls.mjs')).offered,
};

const [workload, variant] = process.argv.slice(2);
const offered = await workloads[workload]?.();
const run = offered?.[variant];
if (run === undefined) process.exit(NOT_OFFERED);
await run();
