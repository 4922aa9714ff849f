//! The annotated methods of the contract.

use http::Method as Verb;
use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, MessageDescriptor, MethodDescriptor,
};

use crate::Error;

/// A method as HTTP calls it.
#[derive(Debug, Clone)]
pub(super) struct Method {
    pub(super) verb: Verb,
    /// With `{field}` for what the path carries.
    pub(super) template: String,
    /// Path of the gRPC method.
    pub(super) rpc: String,
    pub(super) input: MessageDescriptor,
    pub(super) output: MessageDescriptor,
    /// Whether the request has a body.
    pub(super) body: bool,
    /// The field that is the whole answer; empty: the answer is the message.
    pub(super) response_body: String,
    pub(super) streams: bool,
}

const VERBS: [(&str, Verb); 5] = [
    ("get", Verb::GET),
    ("post", Verb::POST),
    ("put", Verb::PUT),
    ("patch", Verb::PATCH),
    ("delete", Verb::DELETE),
];

/// Every annotated method.
pub(super) fn read(pool: &DescriptorPool) -> Result<Vec<Method>, Error> {
    let annotation = pool
        .get_extension_by_name("google.api.http")
        .ok_or_else(|| Error::contract("google.api.http is missing"))?;
    let methods = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    Ok(methods
        .filter_map(|method| annotated(&method, &annotation))
        .collect())
}

fn annotated(method: &MethodDescriptor, annotation: &ExtensionDescriptor) -> Option<Method> {
    let options = method.options();
    if !options.has_extension(annotation) {
        return None;
    }
    let rule = options.get_extension(annotation);
    let rule = rule.as_message()?;
    let (name, verb) = VERBS
        .iter()
        .find(|(name, _)| rule.has_field_by_name(name))?;
    Some(Method {
        verb: verb.clone(),
        template: text(rule, name),
        rpc: format!("/{}/{}", method.parent_service().full_name(), method.name()),
        input: method.input(),
        output: method.output(),
        body: !text(rule, "body").is_empty(),
        response_body: text(rule, "response_body"),
        streams: method.is_server_streaming(),
    })
}

fn text(rule: &DynamicMessage, field: &str) -> String {
    let value = rule.get_field_by_name(field);
    value
        .and_then(|it| it.as_str().map(str::to_owned))
        .unwrap_or_default()
}
