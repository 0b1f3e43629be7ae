"""The tables of the Hub's database, as numbered migrations of its schema."""

from __future__ import annotations

#: One entry for each schema version. Never edit a released entry; add a new one.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE users (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        fullname TEXT NOT NULL, email TEXT, email_key TEXT UNIQUE, password TEXT, teacher INTEGER NOT NULL DEFAULT 0,
        settings TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL);
    CREATE TABLE memberships (
        organization_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        role TEXT NOT NULL, PRIMARY KEY (organization_id, user_id));
    CREATE TABLE tokens (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL,
        role TEXT NOT NULL, scopes TEXT NOT NULL DEFAULT '{}', digest TEXT NOT NULL UNIQUE, tail TEXT NOT NULL,
        created_at INTEGER NOT NULL, last_used_at INTEGER, expires_at INTEGER);
    CREATE TABLE sessions (
        digest TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
    CREATE TABLE device_codes (
        digest TEXT PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, user_id TEXT REFERENCES users(id) ON DELETE CASCADE,
        status TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
    CREATE TABLE repositories (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, owner_id TEXT NOT NULL REFERENCES users(id), name TEXT NOT NULL,
        private INTEGER NOT NULL, gated TEXT NOT NULL DEFAULT '', settings TEXT NOT NULL DEFAULT '{}',
        downloads INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
    CREATE INDEX repositories_by_change ON repositories (type, updated_at);
    -- Every name of a repository: the current one (current = 1) and earlier ones.
    CREATE TABLE repository_names (
        type TEXT NOT NULL, name_key TEXT NOT NULL,
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        current INTEGER NOT NULL, PRIMARY KEY (type, name_key));
    CREATE INDEX repository_names_by_repository ON repository_names (repository_id);
    -- A user may read a blob through a repository that has it here. That the blob exists gives no right to read it.
    CREATE TABLE bindings (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, oid TEXT NOT NULL,
        size INTEGER NOT NULL, xet_hash TEXT, created_at INTEGER NOT NULL, PRIMARY KEY (repository_id, oid));
    CREATE INDEX bindings_by_oid ON bindings (oid);
    -- A xorb belongs to the user who uploaded it. `hash` is the client's name for it, `oid` the SHA-256 of its bytes.
    CREATE TABLE xorbs (
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, hash TEXT NOT NULL, oid TEXT NOT NULL,
        created_at INTEGER NOT NULL, PRIMARY KEY (user_id, hash));
    -- Wrong passwords of the last minutes, to slow down guessing.
    CREATE TABLE login_failures (name_key TEXT NOT NULL, at INTEGER NOT NULL);
    CREATE INDEX login_failures_by_name ON login_failures (name_key, at);
    CREATE TABLE likes (
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, PRIMARY KEY (user_id, repository_id));
    CREATE TABLE access_requests (
        id TEXT PRIMARY KEY, repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, status TEXT NOT NULL, granted INTEGER NOT NULL,
        fields TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL, UNIQUE (repository_id, user_id));
    CREATE TABLE discussions (
        id TEXT PRIMARY KEY, repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        number INTEGER NOT NULL, title TEXT NOT NULL, pull_request INTEGER NOT NULL, status TEXT NOT NULL,
        author_id TEXT NOT NULL REFERENCES users(id), merge_commit TEXT, created_at INTEGER NOT NULL,
        UNIQUE (repository_id, number));
    CREATE TABLE discussion_events (
        id TEXT PRIMARY KEY, discussion_id TEXT NOT NULL REFERENCES discussions(id) ON DELETE CASCADE,
        position INTEGER NOT NULL, type TEXT NOT NULL, author_id TEXT NOT NULL REFERENCES users(id),
        data TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (discussion_id, position));
    CREATE TABLE collections (
        id TEXT PRIMARY KEY, owner_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, title TEXT NOT NULL,
        description TEXT, private INTEGER NOT NULL, theme TEXT NOT NULL, position INTEGER NOT NULL,
        updated_at INTEGER NOT NULL);
    CREATE TABLE collection_items (
        id TEXT PRIMARY KEY, collection_id TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
        type TEXT NOT NULL, item_id TEXT NOT NULL, note TEXT, position INTEGER NOT NULL,
        UNIQUE (collection_id, type, item_id));
    CREATE TABLE webhooks (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, url TEXT NOT NULL,
        watched TEXT NOT NULL, domains TEXT NOT NULL, secret TEXT, disabled INTEGER NOT NULL,
        created_at INTEGER NOT NULL);
    CREATE TABLE events (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, request_id TEXT NOT NULL, kind TEXT NOT NULL, user_id TEXT,
        user_name TEXT, repository_id TEXT, repository_name TEXT, detail TEXT NOT NULL DEFAULT '{}');
    CREATE INDEX events_by_request ON events (request_id);
    CREATE INDEX events_by_repository ON events (repository_id);
    """,
    # Totals of the events, so that a page that is open for hours need not count every event.
    # `user_id` and `repository_id` are empty when there is none; `weights_at` is when the files first included weights.
    """
    CREATE TABLE activity (
        user_id TEXT NOT NULL, repository_id TEXT NOT NULL, kind TEXT NOT NULL, repository_name TEXT NOT NULL,
        times INTEGER NOT NULL, files INTEGER NOT NULL, size INTEGER NOT NULL, weights_at INTEGER,
        first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (user_id, repository_id, kind));
    INSERT INTO activity
        SELECT coalesce(user_id, ''), coalesce(repository_id, ''), kind, coalesce(max(repository_name), ''), count(*),
            0, 0, NULL, min(at), max(at)
        FROM events GROUP BY coalesce(user_id, ''), coalesce(repository_id, ''), kind;
    CREATE INDEX events_by_user ON events (user_id, id);
    CREATE TABLE switches (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
    """,
    # Buckets are repositories without Git; this table lists their files.
    """
    CREATE TABLE bucket_files (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, path TEXT NOT NULL,
        oid TEXT NOT NULL, size INTEGER NOT NULL, xet_hash TEXT NOT NULL, changed_at INTEGER NOT NULL,
        uploaded_at INTEGER NOT NULL, PRIMARY KEY (repository_id, path));
    """,
    # Name and role of the access token that was used, never the token itself.
    """
    ALTER TABLE events ADD COLUMN token_name TEXT;
    ALTER TABLE events ADD COLUMN token_role TEXT;
    """,
    # Xet hashes once came from the client. Now only computed ones are kept; otherwise the SHA-256 is used.
    # A xorb is valid in one `scope`: a user or one fine-grained token. `chunks` are the hashes of its chunks, in hex.
    # `offers` are files in pull requests by users without write access; they pay for the files until the merge.
    """
    UPDATE bindings SET xet_hash = NULL;
    UPDATE bucket_files SET xet_hash = oid;
    DROP TABLE xorbs;
    CREATE TABLE xorbs (
        scope TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, hash TEXT NOT NULL,
        oid TEXT NOT NULL, size INTEGER NOT NULL, chunks TEXT NOT NULL, created_at INTEGER NOT NULL,
        PRIMARY KEY (scope, hash));
    CREATE INDEX bindings_by_xet_hash ON bindings (xet_hash);
    CREATE TABLE offers (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, oid TEXT NOT NULL, size INTEGER NOT NULL,
        xet_hash TEXT, created_at INTEGER NOT NULL, PRIMARY KEY (repository_id, user_id, oid));
    CREATE INDEX offers_by_user ON offers (user_id);
    CREATE INDEX offers_by_oid ON offers (oid);
    """,
    # Bytes that each user committed or pushed to a repository; they count against that user's quota.
    """
    CREATE TABLE git_storage (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, size INTEGER NOT NULL,
        PRIMARY KEY (repository_id, user_id));
    CREATE INDEX git_storage_by_user ON git_storage (user_id);
    """,
    # The Hub no longer contains the application for classes; what that stores is in `extension_data`, as JSON.
    """
    ALTER TABLE users RENAME COLUMN teacher TO administrator;
    UPDATE events SET kind = 'sign_up.switched' WHERE kind = 'classroom.sign_up';
    UPDATE activity SET kind = 'sign_up.switched' WHERE kind = 'classroom.sign_up';
    CREATE TABLE extension_data (
        extension TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL,
        value TEXT NOT NULL, changed_at INTEGER NOT NULL, PRIMARY KEY (extension, user_id, name));
    """,
    # Names that users had before they were renamed, so that their old addresses still work.
    """
    CREATE TABLE former_names (
        name_key TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE);
    """,
    # Commits that refs no longer contain and that could not be deleted yet, because others used the repository.
    """
    CREATE TABLE lost_history (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, oid TEXT NOT NULL,
        PRIMARY KEY (repository_id, oid));
    """,
    # Pushes that git may carry out and that are not recorded yet.
    """
    CREATE TABLE accepted_pushes (
        id TEXT PRIMARY KEY, repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, push TEXT NOT NULL, created_at INTEGER NOT NULL);
    """,
)
