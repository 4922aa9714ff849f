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

/// What Firefox lacks, which speaks WebDriver BiDi alone.
pub(crate) const FIREFOX: [Lack; 5] = [
    Lack {
        name: "listeners",
        sentence: "Firefox does not tell which elements listen for clicks, so that those without a \
                   role, a name or a pointer's shape of their own are not seen as such.",
    },
    Lack {
        name: "interruption",
        sentence: "A script of a page that spins in Firefox is not stopped; what waits for the page \
                   ends after its bound.",
    },
    Lack {
        name: "screencast",
        sentence: "Firefox has no screencast; a live view of it is made of pictures, two a second at \
                   most.",
    },
    Lack {
        name: "partitioned_cookies",
        sentence: "Cookies that Firefox keeps for sites in frames of other sites are not read.",
    },
    Lack {
        name: "new_tabs",
        sentence: "Firefox does not hold up what a page opens: the first requests of a new tab may go \
                   unnoticed.",
    },
];
