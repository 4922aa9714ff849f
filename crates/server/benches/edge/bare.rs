//! What tonic does by itself: the baseline.

use std::{
    convert::Infallible,
    net::SocketAddr,
    task::{Context, Poll},
};

use errand_api::v1::{
    GetRunRequest, GetRunResponse, WatchRunRequest, WatchRunResponse,
    run_service_client::RunServiceClient,
};
use futures_util::{StreamExt as _, future::BoxFuture, stream, stream::BoxStream};
use tokio::{net::TcpListener, sync::broadcast};
use tonic::{
    Request, Response, Status,
    body::Body,
    server::{Grpc, NamedService, ServerStreamingService, UnaryService},
    transport::{Channel, Server, server::TcpIncoming},
};
use tonic_prost::ProstCodec;
use tower::Service;

/// Answers `GetRun` with what it was given, and `WatchRun` with what is sent.
#[derive(Clone)]
pub struct Bare {
    answer: GetRunResponse,
    events: broadcast::Sender<WatchRunResponse>,
}

impl Bare {
    pub fn new(answer: GetRunResponse) -> Self {
        let (events, _) = broadcast::channel(4_096);
        Self { answer, events }
    }

    pub fn send(&self, event: WatchRunResponse) {
        self.events.send(event).unwrap();
    }

    pub async fn start(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = Server::builder().add_service(self.clone());
        tokio::spawn(server.serve_with_incoming(incoming));
        address
    }
}

impl NamedService for Bare {
    const NAME: &'static str = "errand.v1.RunService";
}

impl Service<http::Request<Body>> for Bare {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            if request.uri().path().ends_with("/GetRun") {
                let mut grpc = Grpc::new(ProstCodec::default());
                Ok(grpc.unary(service, request).await)
            } else {
                let mut grpc = Grpc::new(ProstCodec::default());
                Ok(grpc.server_streaming(service, request).await)
            }
        })
    }
}

impl UnaryService<GetRunRequest> for Bare {
    type Response = GetRunResponse;
    type Future = BoxFuture<'static, Result<Response<GetRunResponse>, Status>>;

    fn call(&mut self, _: Request<GetRunRequest>) -> Self::Future {
        let answer = self.answer.clone();
        Box::pin(async move { Ok(Response::new(answer)) })
    }
}

impl ServerStreamingService<WatchRunRequest> for Bare {
    type Response = WatchRunResponse;
    type ResponseStream = BoxStream<'static, Result<WatchRunResponse, Status>>;
    type Future = BoxFuture<'static, Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, _: Request<WatchRunRequest>) -> Self::Future {
        let events = self.events.subscribe();
        let events = stream::unfold(events, |mut events| async move {
            let event = events.recv().await.ok()?;
            Some((Ok(event), events))
        });
        Box::pin(async move { Ok(Response::new(events.boxed())) })
    }
}

/// A client as the others are.
pub async fn client(address: SocketAddr) -> RunServiceClient<Channel> {
    let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
    RunServiceClient::new(endpoint.connect().await.unwrap())
}
