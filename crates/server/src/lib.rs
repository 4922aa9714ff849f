//! The edge: gRPC, gRPC-Web, JSON, health, reflection, signed links.
