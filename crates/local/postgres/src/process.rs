//! Child processes in their own process group, so that Ctrl-C in the terminal does not reach them directly.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{kill, killpg};
use nix::unistd::Pid;

pub use nix::sys::signal::Signal;

/// Signals to send in order, each with the time to wait for the process to end.
pub type StopSteps = [(Signal, Duration)];

/// A child that leads its own process group. Dropping it kills the group.
#[derive(Debug)]
pub struct ProcessGroup {
    child: Child,
}

impl ProcessGroup {
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        Ok(Self {
            child: command.process_group(0).spawn()?,
        })
    }

    /// The process id of the leader, which is also the id of the group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `None` while the leader runs.
    pub fn exit_status(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Sends each signal in order and waits for the leader to end; finally sends SIGKILL to the group.
    pub fn stop(&mut self, steps: &StopSteps) {
        let pid = as_pid(self.child.id());
        for (signal, limit) in steps {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            send(*signal, pid);
            wait_until(*limit, || !matches!(self.child.try_wait(), Ok(None)));
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            send(Signal::SIGKILL, pid);
            let _ = self.child.wait();
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.stop(&[]);
    }
}

/// Whether the process `pid` runs and has `marker` in its command line. A zombie process has an empty command line and
/// does not count as running.
pub fn is_running(pid: u32, marker: &str) -> bool {
    command_line(pid).is_some_and(|line| line.contains(marker))
}

/// Stops a process that is not a child of this one, if its command line contains `marker`, like [`ProcessGroup::stop`].
pub fn stop_process(pid: u32, marker: &str, steps: &StopSteps) {
    let last = (Signal::SIGKILL, Duration::from_secs(5));
    for (signal, limit) in steps.iter().chain([&last]) {
        if !is_running(pid, marker) {
            return;
        }
        send(*signal, as_pid(pid));
        wait_until(*limit, || !is_running(pid, marker));
    }
}

/// Distinct free ports on 127.0.0.1. Another program may take one before it is used.
pub fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    // All stay bound until the end: a released port could be returned again.
    let mut held = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

fn command_line(pid: u32) -> Option<String> {
    let bytes = match fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(bytes) => bytes,
        // macOS has no /proc, but `ps`.
        Err(_) if !fs::exists("/proc/self").unwrap_or(false) => {
            Command::new("ps")
                .args(["-o", "command=", "-p", &pid.to_string()])
                .output()
                .ok()?
                .stdout
        }
        Err(_) => return None,
    };
    Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
}

fn wait_until(limit: Duration, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
}

/// SIGKILL goes to the whole group.
fn send(signal: Signal, pid: Pid) {
    // The only possible error is that the process has ended already.
    let _ = match signal {
        Signal::SIGKILL => killpg(pid, signal),
        _ => kill(pid, signal),
    };
}

fn as_pid(id: u32) -> Pid {
    // Process ids are positive and fit into an i32. The fallback is an id that does not exist, because kill(2) takes 0
    // as the own process group.
    Pid::from_raw(i32::try_from(id).ok().filter(|id| *id > 0).unwrap_or(i32::MAX))
}
