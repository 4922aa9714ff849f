//! Reflection, in both versions that clients ask for.

use std::collections::BTreeSet;

use futures_util::stream;

use crate::server::Server;

macro_rules! both {
    ($($name:ident: $version:ident),*) => {$(
        #[tokio::test]
        async fn $name() {
            use prost::Message as _;
            use tonic_reflection::pb::$version::{
                ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
                server_reflection_request::MessageRequest,
                server_reflection_response::MessageResponse,
            };
            let server = Server::start().await;
            let mut client = ServerReflectionClient::new(server.channel());
            let ask = |what| ServerReflectionRequest {
                host: String::new(),
                message_request: Some(what),
            };
            let symbol = "errand.v1.RunService.WatchRun".to_owned();
            let asked = stream::iter([
                ask(MessageRequest::ListServices(String::new())),
                ask(MessageRequest::FileContainingSymbol(symbol)),
            ]);
            let answers = client.server_reflection_info(asked).await.unwrap();
            let mut answers = answers.into_inner();
            let mut next = async || answers.message().await.unwrap().unwrap().message_response;
            let Some(MessageResponse::ListServicesResponse(list)) = next().await else {
                panic!("no list of services");
            };
            let found: BTreeSet<_> = list.service.into_iter().map(|it| it.name).collect();
            for service in [
                "errand.v1.AdminService",
                "errand.v1.ArtifactService",
                "errand.v1.RunService",
                "grpc.health.v1.Health",
            ] {
                assert!(found.contains(service), "{service} is not in {found:?}");
            }
            let Some(MessageResponse::FileDescriptorResponse(files)) = next().await else {
                panic!("no description of RunService");
            };
            let bytes = &files.file_descriptor_proto[0];
            let file = prost_types::FileDescriptorProto::decode(bytes.as_slice()).unwrap();
            assert_eq!(file.name(), "errand/v1/run_service.proto");
        }
    )*};
}

both!(v1_lists_and_describes_all_services: v1, v1alpha_lists_and_describes_all_services: v1alpha);
