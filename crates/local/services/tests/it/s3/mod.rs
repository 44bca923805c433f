//! Tests of the object storage with the client library of the platform.

mod access;
mod objects;
mod storage;
