//! Ten sample images and a signature for uploads, painted at the first start.

use std::{
    fs,
    path::{Path, PathBuf},
};

use local_worker::painter::{Sample, sample_pictures, sample_signature};
use tokio::task::JoinHandle;

/// Paints the missing samples. After an abort, the next start continues.
pub fn paint_in_background(folder: PathBuf) -> JoinHandle<()> {
    tokio::spawn(async move {
        for sample in sample_pictures().chain([sample_signature()]) {
            let path = folder.join(sample.file_name);
            let painted = tokio::task::spawn_blocking(move || paint(&path, &sample)).await;
            if let Ok(Err(error)) = painted {
                tracing::warn!(%error, "cannot store a sample image");
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
    let temporary = path.with_extension("part");
    fs::write(&temporary, sample.png())?;
    fs::rename(&temporary, path)
}
