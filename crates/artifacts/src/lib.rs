//! Evidence: files that runs leave, kept by object_store, with signed links.
