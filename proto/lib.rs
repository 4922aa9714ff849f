//! The contract of errand as a Rust crate: messages, clients, servers and the descriptors.
