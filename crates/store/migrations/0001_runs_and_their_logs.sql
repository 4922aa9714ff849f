-- One text for SQLite and PostgreSQL: TEXT, BIGINT and BYTEA only, times as microseconds since 1970,
-- JSON as TEXT. Every row carries its organization.

CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    -- Numbers the state changes of the organization's runs.
    last_change BIGINT NOT NULL DEFAULT 0,
    -- Runs that are created or queued, and runs that are running or paused. Kept in the
    -- transaction of each state change, so that limits hold without counting.
    waiting BIGINT NOT NULL DEFAULT 0,
    held BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    hash BYTEA NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Narrow, because it is written with each event. What an event changes is in no index.
CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    state TEXT NOT NULL,
    engine TEXT NOT NULL,
    priority BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT,
    not_after BIGINT,
    session_id TEXT,
    session_order BIGINT,
    attempt BIGINT NOT NULL DEFAULT 0,
    last_sequence BIGINT NOT NULL,
    last_hash BYTEA NOT NULL,
    lease_epoch BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    holder TEXT,
    -- Names one claim, so that a claim whose answer was lost is found again.
    claim_id TEXT,
    step_count BIGINT NOT NULL DEFAULT 0,
    action_count BIGINT NOT NULL DEFAULT 0,
    effect_count BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    queued_at BIGINT,
    started_at BIGINT,
    finished_at BIGINT
);

-- The claim: first runs whose holder died, then the queue in its order.
CREATE INDEX runs_held ON runs (lease_until) WHERE state IN ('running', 'paused');
CREATE INDEX runs_queued ON runs (priority DESC, queued_at, id) WHERE state = 'queued';
CREATE INDEX runs_expiring ON runs (not_after)
    WHERE not_after IS NOT NULL AND state IN ('created', 'queued');
CREATE INDEX runs_listed ON runs (organization_id, created_at, id);

CREATE TABLE run_details (
    run_id TEXT NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL,
    -- The title in lower case, for searching.
    title TEXT NOT NULL,
    request TEXT NOT NULL,
    engine_reason TEXT NOT NULL,
    output TEXT,
    -- The rest of the folded row, as JSON.
    outcome TEXT NOT NULL
);

CREATE TABLE run_labels (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL,
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run_id, label)
);
CREATE INDEX run_labels_found ON run_labels (organization_id, label, value);

CREATE TABLE run_events (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    organization_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    summary TEXT NOT NULL,
    body TEXT NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (run_id, sequence)
);

CREATE TABLE run_changes (
    organization_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, number)
);
CREATE INDEX run_changes_of_run ON run_changes (run_id);

-- What others ask of a run's holder, who turns each into events.
CREATE TABLE run_commands (
    id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    command TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The last event that the command became; absent while it waits.
    done_sequence BIGINT,
    UNIQUE (run_id, number)
);

CREATE TABLE run_checkpoints (
    run_id TEXT NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    content BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE artifacts (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step_id TEXT,
    artifact_type TEXT NOT NULL,
    content_type TEXT NOT NULL,
    filename TEXT NOT NULL,
    size BIGINT NOT NULL,
    checksum TEXT,
    location TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX artifacts_of_run ON artifacts (run_id, created_at, id);

CREATE TABLE request_ids (
    organization_id TEXT NOT NULL,
    method TEXT NOT NULL,
    request_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, method, request_id)
);
CREATE INDEX request_ids_of_run ON request_ids (run_id);
CREATE INDEX request_ids_forgotten ON request_ids (created_at);
