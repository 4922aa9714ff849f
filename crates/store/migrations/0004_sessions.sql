-- Live browsers that are kept between runs. A session's browser belongs to one process (`holder`),
-- under a lease like that of a run.

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    state TEXT NOT NULL,
    request TEXT NOT NULL,
    holder TEXT,
    epoch BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    -- The place in the session's queue of the run that is accepted next.
    next_order BIGINT NOT NULL DEFAULT 1,
    last_event BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    expires_at BIGINT,
    ended_at BIGINT,
    modified_at BIGINT NOT NULL,
    close_reason TEXT,
    close_detail TEXT
);
CREATE INDEX sessions_waiting ON sessions (created_at, id)
    WHERE state = 'starting' AND holder IS NULL;
CREATE INDEX sessions_held ON sessions (lease_until)
    WHERE holder IS NOT NULL AND state IN ('starting', 'running', 'closing');
CREATE INDEX sessions_open ON sessions (organization_id)
    WHERE state IN ('starting', 'running', 'closing');
CREATE INDEX sessions_listed ON sessions (organization_id, created_at, id);

CREATE TABLE session_labels (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL,
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session_id, label)
);

CREATE TABLE session_events (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    organization_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    summary TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, number)
);

CREATE TABLE session_request_ids (
    organization_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, request_id)
);

CREATE INDEX runs_in_session ON runs (session_id, session_order) WHERE session_id IS NOT NULL;

-- Those that still wait, which are looked for every second.
CREATE INDEX runs_waiting_in_session ON runs (session_id)
    WHERE session_id IS NOT NULL AND state IN ('created', 'queued');

-- Where the processes that hold sessions and runs can be called by each other.
CREATE TABLE replicas (
    holder TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
