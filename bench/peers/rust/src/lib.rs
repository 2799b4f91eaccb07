//! What the Rust programs of the benchmarks share: arguments, clocks, and one JSON line a repeat.
use std::net::Ipv4Addr;
use std::time::Instant;

/// PROGRAM WORKLOAD VARIANT COUNT REPEATS [SIZE [PORT [PROTOCOL]]]: README.md says what each one means.
pub struct Arguments {
    pub workload: String,
    pub variant: String,
    pub count: usize,
    pub repeats: usize,
    pub size: usize,
    pub port: u32,
    pub protocol: isize,
}

impl Arguments {
    pub fn parse() -> Self {
        let given: Vec<String> = std::env::args().skip(1).collect();
        let text = |index: usize| given.get(index).cloned().unwrap_or_default();
        let number = |index: usize, otherwise: usize| {
            given
                .get(index)
                .map_or(otherwise, |value| value.parse().expect("a number"))
        };
        Arguments {
            workload: text(0),
            variant: text(1),
            count: number(2, 100_000),
            repeats: number(3, 1),
            size: number(4, 0),
            port: number(5, 0) as u32,
            protocol: number(6, 2) as isize,
        }
    }

    /// The rounds to run: one that warms up and is not reported, then the reported ones.
    pub fn rounds(&self) -> impl Iterator<Item = (bool, usize)> {
        let count = self.count;
        std::iter::once((false, count / 10)).chain((0..self.repeats).map(move |_| (true, count)))
    }
}

/// Ends the process with the status that says: this workload, or this variant of it, is not offered.
pub fn not_offered() -> ! {
    std::process::exit(2)
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status
        .lines()
        .find(|line| line.starts_with(name))
        .expect("a line of that name");
    line.split_whitespace()
        .nth(1)
        .and_then(|value| value.parse().ok())
        .expect("a number")
}

fn cpu() -> (f64, f64) {
    // SAFETY: rusage is plain data, and the call fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    (seconds(usage.ru_utime), seconds(usage.ru_stime))
}

pub struct Sample {
    pub begin: Instant,
    pub end: Instant,
    user: f64,
    system: f64,
    idle_kb: u64,
}

impl Sample {
    pub fn begin() -> Self {
        std::fs::write("/proc/self/clear_refs", "5").expect("clear_refs");
        let (user, system) = cpu();
        let idle_kb = status("VmRSS:");
        let now = Instant::now();
        Sample {
            begin: now,
            end: now,
            user,
            system,
            idle_kb,
        }
    }

    pub fn end(&mut self) {
        self.end = Instant::now();
        let (user, system) = cpu();
        self.user = user - self.user;
        self.system = system - self.system;
    }

    /// `extra`: empty, or further members like `,"added":1`.
    pub fn print(&self, count: usize, latencies: Option<&mut Vec<u32>>, extra: &str) {
        let seconds = self.end.duration_since(self.begin).as_secs_f64();
        let percentiles = latencies.map_or(String::new(), |all| {
            all.sort_unstable();
            format!(
                ",\"p50\":{},\"p99\":{}",
                all[all.len() / 2],
                all[all.len() * 99 / 100]
            )
        });
        println!(
            "{{\"count\":{count},\"seconds\":{seconds:.6},\"user\":{:.4},\"system\":{:.4},\"idleKb\":{},\"peakKb\":{}{percentiles}{extra}}}",
            self.user, self.system, self.idle_kb, status("VmHWM:")
        );
    }
}

/// Measures `count` calls, one after the other.
pub fn measure_each(arguments: &Arguments, mut call: impl FnMut(usize)) {
    for (reported, count) in arguments.rounds() {
        let mut latencies = Vec::with_capacity(count);
        let mut sample = Sample::begin();
        let mut before = sample.begin;
        for index in 0..count {
            call(index);
            let now = Instant::now();
            latencies.push(now.duration_since(before).as_nanos() as u32);
            before = now;
        }
        sample.end();
        if reported {
            sample.print(count, Some(&mut latencies), "");
        }
    }
}

pub const ROUTE_LINK: &str = "v0";

/// The route that tells a listener to stop.
pub const SENTINEL: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 0);

pub fn route_destination(index: usize) -> Ipv4Addr {
    Ipv4Addr::from(0x1000_0000u32 + ((index as u32) << 8))
}

pub fn route_gateway(index: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 255, 0, 2 + (index & 63) as u8)
}

pub fn route_priority(index: usize) -> u32 {
    100 + (index % 7) as u32
}
