// afnetlink, measured as the other programs are: PROGRAM WORKLOAD VARIANT COUNT REPEATS [SIZE [PORT [PROTOCOL]]].
const NOT_OFFERED = 2;
const workloads = new Map([['echo', () => import('./peer/echo.mjs')]]);

const [workload, variant] = process.argv.slice(2);
const { offered } = (await workloads.get(workload)?.()) ?? {};
const run = offered?.[variant];
if (run === undefined) process.exit(NOT_OFFERED);
await run();
