//! Reads `postmaster.pid`: whether our server is ready, and whether one was left behind.

use std::fs;

use crate::error::ClusterError;
use crate::folder::Folder;
use crate::process::{StopSteps, is_running, stop_foreign};

/// Line 1 of the file is the process id, line 8 the state.
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
    read(folder).is_some_and(|(written_by, state)| written_by == pid && state == "ready")
}

/// Stops a server that an instance killed earlier left running on this folder. The caller holds the folder's lock,
/// so no running instance has a server here. The process id alone proves nothing (another program may have it
/// by now): the process must also have our data folder in its command line.
pub(crate) fn stop_orphan(folder: &Folder, steps: &StopSteps) -> Result<(), ClusterError> {
    let Some((pid, _)) = read(folder) else {
        return Ok(());
    };
    let marker = folder.data().display().to_string();
    stop_foreign(pid, &marker, steps);
    if is_running(pid, &marker) {
        return Err(ClusterError::OrphanNotStopped { pid });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_read_from_line_8_and_may_be_missing_yet() {
        let full = "4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  12345 0\nready   \n";
        assert_eq!(parse(full), Some((4711, "ready".to_owned())));
        assert_eq!(parse("4711\n/data\n"), Some((4711, String::new())));
        assert_eq!(parse(""), None);
        assert_eq!(parse("no number\n"), None);
    }
}
