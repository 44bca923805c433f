//! Ten pictures and a signature to try an upload with, painted at the first start.

use std::{
    fs,
    path::{Path, PathBuf},
};

use local_worker::painter::{Sample, sample_pictures, sample_signature};
use tokio::task::JoinHandle;

/// Paints what is missing, beside everything else. Aborting leaves the rest to the next start.
pub fn paint_in_background(folder: PathBuf) -> JoinHandle<()> {
    tokio::spawn(async move {
        for sample in sample_pictures().chain([sample_signature()]) {
            let path = folder.join(sample.file_name);
            let painted = tokio::task::spawn_blocking(move || paint(&path, &sample)).await;
            if let Ok(Err(error)) = painted {
                tracing::warn!(%error, "a sample picture could not be kept");
                return;
            }
        }
    })
}

fn paint(path: &Path, sample: &Sample) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension("part");
    fs::write(&unfinished, sample.png())?;
    fs::rename(&unfinished, path)
}
