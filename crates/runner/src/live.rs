//! The browsers of this process, for those who look at them or take them over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use errand_browser::{
    Page,
    gateway::{Gateway, Record},
    page::Remote,
    view::{Error, View, Watcher},
};
use errand_domain::{
    OrganizationId, RunId, SessionId, Timestamp,
    input::Input,
    port::Clock as _,
    view::{Controller as Acting, ViewOptions},
};
use futures_util::{Sink, Stream};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use crate::{
    SystemClock,
    control::{Control, Controller},
};

/// How long it may take to let go of buttons and keys.
const LETTING_GO: Duration = Duration::from_secs(5);

/// Records of what programs do that wait to be noted.
const MAX_RECORDS: usize = 256;

/// The run that is under way in a browser, and since when.
type UnderWay = Option<(RunId, Timestamp)>;

/// A live browser of this process.
#[derive(Debug)]
pub struct Live {
    /// Whose.
    pub organization: OrganizationId,
    /// The session that it is kept for, if it is.
    pub session: Option<SessionId>,
    /// Who controls it.
    pub control: Control,
    page: Page,
    view: View,
    remote: Remote,
    gateway: Gateway,
    run: watch::Sender<UnderWay>,
}

impl Live {
    /// A browser, by what is done in it; and what programs will do in it.
    #[must_use]
    pub fn new(
        organization: OrganizationId,
        session: Option<SessionId>,
        page: Page,
    ) -> (Self, mpsc::Receiver<Record>) {
        let (records, recorded) = mpsc::channel(MAX_RECORDS);
        let live = Self {
            organization,
            session,
            control: Control::default(),
            view: View::new(&page),
            remote: Remote::new(&page),
            gateway: Gateway::new(&page, records),
            page,
            run: watch::Sender::new(None),
        };
        (live, recorded)
    }

    /// Serves a program that drives it by CDP, until either side ends. Returns why.
    pub async fn program<S, E, K>(&self, source: S, sink: K) -> String
    where
        S: Stream<Item = Result<String, E>> + Unpin,
        K: Sink<String> + Unpin,
    {
        self.gateway.serve(source, sink).await.to_string()
    }

    /// What is done in it.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Watches it.
    ///
    /// # Errors
    /// If it is gone, or too many watch it already.
    pub fn watch(&self, options: ViewOptions) -> Result<Watcher, Error> {
        self.view.watch(options)
    }

    /// Carries out what a person does by hand.
    ///
    /// # Errors
    /// Why it was not carried out, for that person.
    pub async fn act(&self, input: &Input) -> Result<(), String> {
        self.remote
            .apply(input)
            .await
            .map_err(|error| error.to_string())
    }

    /// Lets go of what whoever controlled it held down: buttons and keys.
    pub async fn let_go(&self) {
        if timeout(LETTING_GO, self.remote.release()).await.is_err() {
            tracing::debug!("keys and buttons were not let go of in time");
        }
    }

    /// Takes control until the answer is dropped.
    ///
    /// # Errors
    /// Who has it.
    pub fn grip(self: &Arc<Self>, name: &str) -> Result<Grip, Controller> {
        let token = self.control.take(name)?;
        Ok(Grip {
            live: Arc::clone(self),
            token: Some(token),
        })
    }

    /// Who acts on it now.
    #[must_use]
    pub fn controller(&self) -> Acting {
        if let Some(person) = self.control.taken() {
            return Acting::Person {
                name: person.name,
                since: person.since,
            };
        }
        let run = self.run.borrow().clone();
        let other = match self.gateway.clients() {
            0 => Acting::Nobody,
            _ => Acting::Program {
                name: "CDP".to_owned(),
                since: Timestamp::default(),
            },
        };
        run.map_or(other, |(run, since)| Acting::Run {
            run: run.to_string(),
            since,
        })
    }

    /// Tells when who acts on it may have changed.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes {
            control: self.control.changes(),
            run: self.run.subscribe(),
        }
    }

    /// Comes back when it has ended.
    pub async fn gone(&self) {
        self.page.closed().cancelled().await;
    }

    fn under_way(&self, run: Option<&RunId>) {
        let since = SystemClock::start().now();
        self.run.send_replace(run.map(|id| (id.clone(), since)));
    }
}

/// Changes of who acts on a browser.
#[derive(Debug)]
pub struct Changes {
    control: watch::Receiver<Option<Controller>>,
    run: watch::Receiver<UnderWay>,
}

impl Changes {
    /// Comes back at the next change; never again once the browser has ended.
    pub async fn changed(&mut self) {
        let changed = tokio::select! {
            changed = self.control.changed() => changed,
            changed = self.run.changed() => changed,
        };
        if changed.is_err() {
            std::future::pending().await
        }
    }
}

/// Control of a live browser. Dropping it gives control back.
#[derive(Debug)]
pub struct Grip {
    live: Arc<Live>,
    token: Option<String>,
}

impl Grip {
    /// Keeps it for another while. `false` if it is lost.
    #[must_use]
    pub fn keep(&self) -> bool {
        let token = self.token.as_deref();
        token.is_some_and(|token| self.live.control.keep(token))
    }

    /// Leaves control to who has the token, until its lease ends.
    #[must_use]
    pub fn persist(mut self) -> String {
        self.token.take().unwrap_or_default()
    }
}

impl Drop for Grip {
    fn drop(&mut self) {
        if let Some(token) = self.token.take() {
            self.live.control.release(&token);
        }
    }
}

/// All of them, by the ids of their sessions and runs. Clones share the list.
#[derive(Debug, Clone, Default)]
pub struct Lives(Arc<Mutex<HashMap<String, Arc<Live>>>>);

impl Lives {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Live>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a session's browser known until the answer is dropped.
    #[must_use]
    pub fn session(&self, id: &SessionId, live: &Arc<Live>) -> Entry {
        self.enter(id.as_str(), live, false)
    }

    /// Makes a run's browser known until the answer is dropped.
    #[must_use]
    pub fn run(&self, id: &RunId, live: &Arc<Live>) -> Entry {
        live.under_way(Some(id));
        self.enter(id.as_str(), live, true)
    }

    fn enter(&self, id: &str, live: &Arc<Live>, of_run: bool) -> Entry {
        self.all().insert(id.to_owned(), Arc::clone(live));
        Entry {
            lives: self.clone(),
            live: Arc::clone(live),
            id: id.to_owned(),
            of_run,
        }
    }

    /// The organization's browser that is known under a session's or run's id.
    #[must_use]
    pub fn find(&self, organization: &OrganizationId, id: &str) -> Option<Arc<Live>> {
        let found = self.all().get(id).cloned();
        found.filter(|it| it.organization == *organization)
    }
}

/// Keeps a browser known.
#[derive(Debug)]
pub struct Entry {
    lives: Lives,
    live: Arc<Live>,
    id: String,
    of_run: bool,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.lives.all().remove(&self.id);
        if self.of_run {
            self.live.under_way(None);
        }
    }
}
