-- Outlets of another kind than the signed call: `kind` is 'webhook' or 'wordpress', `settings` (JSON) what that kind asks for beside the
-- secret.
ALTER TABLE outlet ADD COLUMN kind TEXT NOT NULL DEFAULT 'webhook';
ALTER TABLE outlet ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- What an outlet has put on a site by its API: `post` is its number there, `url` its public page, `edition` what was put last, 0 once it
-- was taken away.
CREATE TABLE outlet_post (
  outlet TEXT NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  post INTEGER NOT NULL,
  url TEXT NOT NULL,
  edition INTEGER NOT NULL,
  PRIMARY KEY (outlet, log, item)
) STRICT, WITHOUT ROWID;

-- Sites whose public pages are looked at. `way` says how the page of an item is found there, `url` is the template, the feed, the sitemap
-- or the site's own address; `outlet` and `source` name the row that it belongs to, or are empty. `place` is how far the walk through the
-- portal's items has come. `next` is when its list is read again, 0 while a person has paused it. `told` is the hash of what the parent
-- was told last, `told_at` when.
CREATE TABLE watched (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  outlet TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  way TEXT NOT NULL,
  url TEXT NOT NULL,
  own INTEGER NOT NULL,
  place TEXT NOT NULL,
  next INTEGER NOT NULL,
  trouble TEXT NOT NULL,
  told BLOB,
  told_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX watched_log ON watched (log);

-- What was seen of an item there: a verdict and no text. `edition` and `state` are what the verdict was judged by; `since` is when it
-- became what it is, `at` when the page was looked at last, `next` when it is looked at again.
CREATE TABLE sighting (
  watched TEXT NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  url TEXT NOT NULL,
  edition INTEGER NOT NULL,
  state TEXT NOT NULL,
  verdict TEXT NOT NULL,
  since INTEGER NOT NULL,
  at INTEGER NOT NULL,
  next INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  trouble TEXT NOT NULL,
  etag TEXT,
  modified TEXT,
  PRIMARY KEY (watched, log, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_next ON sighting (next);
CREATE INDEX sighting_item ON sighting (log, item);

-- What portals below have told their parent: which items stand otherwise than they should, for more than a day, on a site of theirs.
CREATE TABLE sighting_below (
  log INTEGER NOT NULL,
  origin TEXT NOT NULL,
  watched TEXT NOT NULL,
  at INTEGER NOT NULL,
  said TEXT NOT NULL,
  PRIMARY KEY (log, origin, watched)
) STRICT, WITHOUT ROWID;
