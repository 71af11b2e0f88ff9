-- Who is sent the feeds of this node's portals as they change (WebSub). `verify` is what the callback is asked next ('subscribe',
-- 'unsubscribe', or nothing), `lease` for how long in seconds; `wanted` is the secret that was given with that question, `secret` the one that
-- was confirmed, both sealed under keys/people.key. `until` is when the subscription ends, 0 before it was confirmed. `sent` is the hash of the
-- feed that was taken last, `next` when something is tried (0: nothing is due), `at` when something was taken last.
CREATE TABLE websub (
  topic TEXT NOT NULL,
  callback TEXT NOT NULL,
  log INTEGER NOT NULL,
  host TEXT NOT NULL,
  verify TEXT NOT NULL,
  lease INTEGER NOT NULL,
  wanted BLOB,
  secret BLOB,
  until INTEGER NOT NULL,
  sent BLOB,
  next INTEGER NOT NULL,
  at INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  trouble TEXT NOT NULL,
  PRIMARY KEY (topic, callback)
) STRICT, WITHOUT ROWID;
CREATE INDEX websub_host ON websub (host);
CREATE INDEX websub_log ON websub (log);
CREATE INDEX websub_next ON websub (next);

-- The hubs that joined feeds name. `next` is when the hub is asked, `until` when what it has confirmed ends (0 before it has), `pushed` when it
-- last told of a change.
CREATE TABLE source_hub (
  source TEXT PRIMARY KEY NOT NULL,
  hub TEXT NOT NULL,
  topic TEXT NOT NULL,
  next INTEGER NOT NULL,
  until INTEGER NOT NULL,
  pushed INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  trouble TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX source_hub_next ON source_hub (next);
