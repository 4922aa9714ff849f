//! The contract of errand as a Rust crate: messages, clients, servers and the descriptors.
#![forbid(unsafe_code)]

/// Messages, clients and servers of `errand.v1`.
#[expect(
    clippy::doc_markdown,
    clippy::all,
    reason = "generated from the protos"
)]
pub mod v1 {
    tonic::include_proto!("errand.v1");
}

/// The contract as an encoded `google.protobuf.FileDescriptorSet`, with everything it imports.
///
/// Made for reflection, and for whoever reads the `google.api.http` annotations at run time.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
