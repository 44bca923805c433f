//! Uploaded files on local disk while a request is served.

use std::{ops::Deref, path::Path};

use tempfile::{NamedTempFile, TempPath};
use tokio::{fs::File, io::AsyncWriteExt, runtime::Handle};

use crate::edge::error::ApiError;

/// A file on local disk, removed when dropped. The client's file name and type are ignored: only the content counts.
#[derive(Debug)]
pub struct UploadedFile {
    path: TempPath,
    pub bytes: u64,
    /// Index among the files of its field.
    pub index: usize,
}

impl UploadedFile {
    /// Valid as long as this value lives.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A file that is being written; removed when dropped.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    path: TempPath,
    pub(crate) bytes: u64,
}

impl Spool {
    pub(crate) async fn begin() -> Result<Self, ApiError> {
        let (file, path) =
            tokio::task::spawn_blocking(|| NamedTempFile::new().map(NamedTempFile::into_parts))
                .await
                .map_err(ApiError::internal)?
                .map_err(ApiError::internal)?;
        Ok(Self {
            file: File::from_std(file),
            path,
            bytes: 0,
        })
    }

    pub(crate) async fn write(&mut self, piece: &[u8]) -> Result<(), ApiError> {
        self.bytes += piece.len() as u64;
        self.file.write_all(piece).await.map_err(ApiError::internal)
    }

    /// The written file.
    pub(crate) async fn end(mut self, index: usize) -> Result<UploadedFile, ApiError> {
        self.file.flush().await.map_err(ApiError::internal)?;
        Ok(UploadedFile {
            path: self.path,
            bytes: self.bytes,
            index,
        })
    }
}

/// Files on local disk. Removing a hundred of them blocks, so inside of a runtime it happens on a blocking thread.
#[derive(Debug, Default)]
pub struct UploadedFiles(Vec<UploadedFile>);

impl UploadedFiles {
    pub(crate) fn push(&mut self, file: UploadedFile) {
        self.0.push(file);
    }

    pub(crate) fn pop(&mut self) -> Option<UploadedFile> {
        self.0.pop()
    }
}

/// The files of one field.
#[derive(Debug, Default)]
pub struct Files {
    /// Those stored, in the order sent.
    pub stored: UploadedFiles,
    /// How many were sent, stored or not.
    pub count: usize,
}

impl Deref for UploadedFiles {
    type Target = [UploadedFile];

    fn deref(&self) -> &[UploadedFile] {
        &self.0
    }
}

impl Drop for UploadedFiles {
    fn drop(&mut self) {
        let files = std::mem::take(&mut self.0);
        if let (false, Ok(runtime)) = (files.is_empty(), Handle::try_current()) {
            runtime.spawn_blocking(move || drop(files));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        path::PathBuf,
        sync::mpsc,
        time::{Duration, Instant},
    };

    use super::*;

    fn some_files() -> (UploadedFiles, Vec<PathBuf>) {
        let mut files = UploadedFiles::default();
        for index in 0..3 {
            let path = NamedTempFile::new().unwrap().into_temp_path();
            files.push(UploadedFile {
                path,
                bytes: 0,
                index,
            });
        }
        let paths = files.iter().map(|file| file.path().to_path_buf()).collect();
        (files, paths)
    }

    #[test]
    fn files_are_removed_beside_the_runtime() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        let (go_on, wait) = mpsc::channel::<()>();
        let (files, paths) = some_files();
        runtime.block_on(async {
            // Holds the only thread on which anything may block.
            tokio::task::spawn_blocking(move || wait.recv());
            drop(files);
            assert!(
                paths.iter().all(|path| path.exists()),
                "not by the thread that serves"
            );
        });
        go_on.send(()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while paths.iter().any(|path| path.exists()) {
            assert!(Instant::now() < deadline, "they are never removed");
            std::thread::yield_now();
        }
    }

    #[test]
    fn without_a_runtime_they_are_removed_at_once() {
        let (files, paths) = some_files();
        drop(files);
        assert!(!paths.iter().any(|path| path.exists()));
    }
}
