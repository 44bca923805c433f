//! The object storage, used with the client library that the platform uses.

mod access;
mod objects;
mod storage;
