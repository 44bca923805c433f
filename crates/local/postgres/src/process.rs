//! Child processes that lead their own group, so that a Ctrl-C at the terminal reaches them only through us.

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

/// Signals to send in turn, each with the time to wait for the end of the process.
pub type StopSteps = [(Signal, Duration)];

/// A child that leads its own process group; dropping it kills what is left of the group.
#[derive(Debug)]
pub struct ProcessGroup {
    child: Child,
}

impl ProcessGroup {
    /// Starts `command` as the leader of a new process group.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        Ok(Self {
            child: command.process_group(0).spawn()?,
        })
    }

    /// The leader's process id, which is the group's id too.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the leader ended, or `None` while it runs.
    pub fn exited(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Sends each signal in turn and waits up to its time for the leader to end; at last SIGKILL to the group.
    pub fn stop(&mut self, steps: &StopSteps) {
        let pid = as_pid(self.child.id());
        for (signal, patience) in steps {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            send(*signal, pid);
            wait_until(*patience, || !matches!(self.child.try_wait(), Ok(None)));
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

/// Whether the process `pid` runs and has `marker` in its command line; a process that ended but was not collected by
/// its parent has an empty command line and counts as gone.
pub fn is_running(pid: u32, marker: &str) -> bool {
    command_line(pid).is_some_and(|line| line.contains(marker))
}

/// Stops a process that is not our child, if its command line holds `marker`, as [`ProcessGroup::stop`] does.
pub fn stop_foreign(pid: u32, marker: &str, steps: &StopSteps) {
    let last = (Signal::SIGKILL, Duration::from_secs(5));
    for (signal, patience) in steps.iter().chain([&last]) {
        if !is_running(pid, marker) {
            return;
        }
        send(*signal, as_pid(pid));
        wait_until(*patience, || !is_running(pid, marker));
    }
}

/// Different ports on 127.0.0.1 that are free now; another program may take one before it is used.
pub fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    // All are held until all are known: one that is released at once may be handed out again.
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
        // Systems without /proc, such as macOS, always have `ps`.
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

fn wait_until(patience: Duration, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !condition() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
}

/// SIGKILL goes to the whole group.
fn send(signal: Signal, pid: Pid) {
    // The only possible failure is that the process is gone, which is the aim.
    let _ = match signal {
        Signal::SIGKILL => killpg(pid, signal),
        _ => kill(pid, signal),
    };
}

fn as_pid(id: u32) -> Pid {
    // Process ids are positive and fit; 0 would mean "our own group" to kill(2), so an impossible id is used instead.
    Pid::from_raw(i32::try_from(id).ok().filter(|id| *id > 0).unwrap_or(i32::MAX))
}
