//! Runs as they were last read. What a run says changes with its last event and no other way, so
//! one that is still at the same event need not be read again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use errand_domain::{Run, RunId};

/// Most runs that are kept.
const MAX_RUNS: usize = 256;
/// Most bytes of a kept run's texts. Larger ones are rare, and are read each time.
const MAX_BYTES: usize = 16 * 1024;

/// The kept runs.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    runs: Mutex<HashMap<RunId, Arc<Run>>>,
}

impl Recent {
    /// The run, if it was kept as it was after this event.
    pub(crate) fn at(&self, id: &RunId, sequence: u64) -> Option<Arc<Run>> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.get(id).filter(|run| run.last_sequence == sequence);
        run.cloned()
    }

    pub(crate) fn keep(&self, run: &Arc<Run>) {
        if size(run) > MAX_BYTES {
            return;
        }
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if runs.len() >= MAX_RUNS {
            runs.clear();
        }
        runs.insert(run.id.clone(), Arc::clone(run));
    }
}

/// What takes room in a run.
fn size(run: &Run) -> usize {
    let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let request = &run.request;
    let headers = request.extra_http_headers.iter().chain(&request.labels);
    let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
    let notes: usize = run.output_notes.iter().map(String::len).sum();
    let errors = run.errors.iter();
    let errors: usize = errors
        .map(|it| it.error_code.len() + it.reasoning.len())
        .sum();
    let files = run.downloaded_files.iter();
    let files: usize = files.map(|it| it.filename.len() + it.checksum.len()).sum();
    let texts = [
        &run.output,
        &run.summary,
        &request.url,
        &request.data_extraction_schema,
    ];
    let texts: usize = texts.into_iter().map(optional).sum();
    let failure = run.failure.as_ref().map_or(0, |it| it.reason.len());
    request.prompt.len() + texts + failure + headers + notes + errors + files
}
