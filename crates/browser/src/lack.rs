//! What a browser can't do that errand's own can.

/// Something that a browser lacks. A run goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lack {
    /// One word for machines: `downloads`.
    pub name: &'static str,
    /// What that means for a run, as a sentence.
    pub sentence: &'static str,
}

/// Its traffic is its own.
pub(crate) const PROXY: Lack = Lack {
    name: "proxy",
    sentence: "The browser does not go through errand's proxy, so what it may reach is not checked \
               and not counted.",
};

/// Its files are its own.
pub(crate) const DOWNLOADS: Lack = Lack {
    name: "downloads",
    sentence: "Files that the browser saves stay where its owner has them; only what a page shows \
               can be downloaded.",
};

/// Its service workers serve others as well.
pub(crate) const SERVICE_WORKERS: Lack = Lack {
    name: "service_workers",
    sentence: "Requests of service workers and shared workers are not seen, for they may be \
               somebody else's.",
};
