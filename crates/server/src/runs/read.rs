//! Lists of runs.

use errand_api::v1;
use errand_domain::OrganizationId;
use prost::Message as _;
use tonic::Status;

use crate::{
    edge::{Edge, MAX_ANSWER_BYTES},
    fault, intake, render,
    violations::Violations,
};

pub(super) async fn list(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::ListRunsRequest,
) -> Result<v1::ListRunsResponse, Status> {
    let mut violations = Violations::default();
    let filter = intake::filter(given.filter.as_ref(), &mut violations);
    let page = intake::page(given.page_size, &given.page_token, &mut violations);
    violations.finish()?;
    let mut size = page.size;
    loop {
        let found = edge
            .store
            .list_runs(owner, &filter, size, page.token.as_deref())
            .await;
        let found = found.map_err(fault::store)?;
        let answer = v1::ListRunsResponse {
            runs: found
                .items
                .iter()
                .map(|run| render::run(run, None))
                .collect(),
            next_page_token: found.next_page_token.unwrap_or_default(),
        };
        if answer.encoded_len() <= MAX_ANSWER_BYTES || size == 1 {
            return Ok(answer);
        }
        size = size.div_ceil(2);
    }
}
