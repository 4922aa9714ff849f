//! The annotated calls as JSON over plain HTTP.
//!
//! Which calls there are is read from the contract's `google.api.http` annotations at the start.
//! A request becomes the gRPC message that it stands for and goes through the gRPC router within
//! the process, so that keys, bounds and errors are the same on both ways.
//!
//! Names are those of the contract, in snake case. Values of enums are the lower-case rest of their
//! names (`completed`), 64-bit numbers are numbers, and what the contract carries as JSON text is
//! the JSON itself. Requests may also use the standard mapping of protobuf to JSON.

mod bind;
mod call;
mod method;
mod names;
mod read;
mod refusal;
mod sse;
mod write;

use axum::{
    Router,
    extract::{RawPathParams, Request},
    routing::{MethodFilter, on},
};
use prost_reflect::DescriptorPool;

pub(crate) use refusal::refuse;

use crate::Error;

/// One route for every annotated method.
///
/// # Errors
/// If the contract can't be read, which its build would have shown.
pub(crate) fn routes(grpc: Router) -> Result<Router, Error> {
    let pool = DescriptorPool::decode(errand_api::DESCRIPTORS).map_err(Error::contract)?;
    let mut router = Router::new();
    for method in method::read(&pool)? {
        let filter = MethodFilter::try_from(method.verb.clone()).map_err(Error::contract)?;
        let (path, grpc) = (method.template.clone(), grpc.clone());
        let method = std::sync::Arc::new(method);
        let handler = move |path: RawPathParams, request: Request| {
            let (method, grpc) = (std::sync::Arc::clone(&method), grpc.clone());
            async move { call::answer(&method, grpc, &path, request).await }
        };
        router = router.route(&path, on(filter, handler));
    }
    Ok(router)
}
