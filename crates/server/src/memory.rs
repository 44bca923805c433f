//! What the C library does with memory that is no longer used.

/// The setting of glibc for blocks that go back to the system as soon as they are freed, from this many bytes on. See
/// "Malloc Tunable Parameters" in its manual.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BLOCKS: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "262144");

/// Set when the program has started itself: it never does so twice, also where the system takes the setting away.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const STARTED_AGAIN: &str = "STYLELICENSE_STARTED_AGAIN";

/// Has large blocks returned as soon as they are freed. Left to itself glibc raises that bound up to 32 MB, and every
/// thread that once held a picture keeps its room.
///
/// The setting is read when a program starts and at no other time, so this one starts itself once more, as the same
/// process. Whoever set it keeps what they set. Where that does not work, the program needs more memory, and nothing
/// else is different.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn return_large_blocks() {
    use std::{env, os::unix::process::CommandExt, process::Command};

    let (setting, bytes) = LARGE_BLOCKS;
    if env::var_os(setting).is_some() || env::var_os(STARTED_AGAIN).is_some() {
        return;
    }
    let mut arguments = env::args_os();
    if let (Ok(program), Some(name)) = (env::current_exe(), arguments.next()) {
        // Started through a loader, the loader is what runs, and it cannot be started as if it were the program.
        let file = program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if file.starts_with("ld-") || file.starts_with("ld.") {
            return;
        }
        // Returns only when it failed.
        let _ = Command::new(program)
            .arg0(name)
            .args(arguments)
            .env(setting, bytes)
            .env(STARTED_AGAIN, "1")
            .exec();
    }
}

/// Other systems' allocators are left as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn return_large_blocks() {}
