//! Spools uploaded files to local disk.

use std::{ops::Deref, path::Path};

use tempfile::{NamedTempFile, TempPath};
use tokio::{fs::File, io::AsyncWriteExt, runtime::Handle};

use crate::edge::error::ApiError;

/// An uploaded file in a temporary file, which is deleted on drop. The client's file name and media type are ignored.
#[derive(Debug)]
pub struct UploadedFile {
    path: TempPath,
    pub bytes: u64,
    /// Index among the files of its field.
    pub index: usize,
}

impl UploadedFile {
    /// Valid until `self` is dropped.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A temporary file that is being written. Deleted on drop.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    path: TempPath,
    pub(crate) bytes: u64,
}

impl Spool {
    pub(crate) async fn create() -> Result<Self, ApiError> {
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

    pub(crate) async fn write(&mut self, chunk: &[u8]) -> Result<(), ApiError> {
        self.bytes += chunk.len() as u64;
        self.file.write_all(chunk).await.map_err(ApiError::internal)
    }

    pub(crate) async fn finish(mut self, index: usize) -> Result<UploadedFile, ApiError> {
        self.file.flush().await.map_err(ApiError::internal)?;
        Ok(UploadedFile {
            path: self.path,
            bytes: self.bytes,
            index,
        })
    }
}

/// Uploaded files. Deleting a hundred files blocks, so inside a runtime they are dropped on a blocking thread.
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
    /// In the order of the request.
    pub stored: UploadedFiles,
    /// Number of files in the request, including those that were not stored.
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
    fn files_are_deleted_on_a_blocking_thread() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        let (release, wait) = mpsc::channel::<()>();
        let (files, paths) = some_files();
        runtime.block_on(async {
            // Occupies the only blocking thread.
            tokio::task::spawn_blocking(move || wait.recv());
            drop(files);
            assert!(
                paths.iter().all(|path| path.exists()),
                "deleted on the runtime thread"
            );
        });
        release.send(()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while paths.iter().any(|path| path.exists()) {
            assert!(Instant::now() < deadline, "the files were not deleted");
            std::thread::yield_now();
        }
    }

    #[test]
    fn without_a_runtime_files_are_deleted_immediately() {
        let (files, paths) = some_files();
        drop(files);
        assert!(!paths.iter().any(|path| path.exists()));
    }
}
