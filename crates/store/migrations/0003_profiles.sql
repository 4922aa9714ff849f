-- Saved browser states. What they hold is sealed by the caller and lies apart, so that it goes at
-- once when a profile is deleted; the row stays for those who list deleted ones.

CREATE TABLE browser_profiles (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    -- The name in lower case, for searching.
    name_found TEXT NOT NULL,
    description TEXT NOT NULL,
    -- blank, run, session or import; and the run or session.
    source TEXT NOT NULL,
    source_id TEXT,
    -- Of the state as JSON, before it was sealed.
    size BIGINT NOT NULL,
    cookies BIGINT NOT NULL,
    origins BIGINT NOT NULL,
    -- What could not be kept: a JSON list of sentences.
    notes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    last_used_at BIGINT,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX browser_profiles_named ON browser_profiles (organization_id, name)
    WHERE deleted_at IS NULL;
CREATE INDEX browser_profiles_listed ON browser_profiles (organization_id, created_at, id);

CREATE TABLE browser_profile_contents (
    profile_id TEXT NOT NULL PRIMARY KEY REFERENCES browser_profiles (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL,
    content BYTEA NOT NULL
);

CREATE TABLE browser_profile_request_ids (
    organization_id TEXT NOT NULL,
    method TEXT NOT NULL,
    request_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    profile_id TEXT NOT NULL REFERENCES browser_profiles (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, method, request_id)
);

-- What a run's browser held at its end, for runs that were asked to keep it.
CREATE TABLE run_browser_states (
    run_id TEXT NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL,
    content BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
