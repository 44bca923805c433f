//! Reads `postmaster.pid` to see whether the server is ready and whether a killed instance left one running.

use std::fs;

use crate::error::ClusterError;
use crate::folder::Folder;
use crate::process::{StopSteps, is_running, stop_process};

/// Line 1 is the process id, line 8 is the state.
fn read(folder: &Folder) -> Option<(u32, String)> {
    let text = fs::read_to_string(folder.data().join("postmaster.pid")).ok()?;
    parse(&text)
}

fn parse(text: &str) -> Option<(u32, String)> {
    let pid = text.lines().next()?.trim().parse().ok()?;
    let state = text.lines().nth(7).unwrap_or_default().trim().to_owned();
    Some((pid, state))
}

/// Whether the server with this process id accepts connections.
pub(crate) fn is_ready(folder: &Folder, pid: u32) -> bool {
    read(folder).is_some_and(|(file_pid, state)| file_pid == pid && state == "ready")
}

/// Stops the server of a killed instance. The caller holds the lock of the folder, so no running instance uses it. The
/// process id may have been reused by another program, so the command line must contain the data folder.
pub(crate) fn stop_orphan(folder: &Folder, steps: &StopSteps) -> Result<(), ClusterError> {
    let Some((pid, _)) = read(folder) else {
        return Ok(());
    };
    let marker = folder.data().display().to_string();
    stop_process(pid, &marker, steps);
    if is_running(pid, &marker) {
        return Err(ClusterError::OrphanNotStopped { pid });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_read_from_line_8_and_may_be_missing() {
        let full = "4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  12345 0\nready   \n";
        assert_eq!(parse(full), Some((4711, "ready".to_owned())));
        assert_eq!(parse("4711\n/data\n"), Some((4711, String::new())));
        assert_eq!(parse(""), None);
        assert_eq!(parse("no number\n"), None);
    }
}
