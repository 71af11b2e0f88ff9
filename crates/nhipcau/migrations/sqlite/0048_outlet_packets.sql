-- Documents pushed as edXML packets: one row for each packet to one receiver. `act` is the number of its act, empty before it was sent first;
-- `again` is 1 where somebody wants it sent once more though nothing has changed; `seen` is where the walk met the item. `round` is how often a
-- person has had it sent; `doubt` is 1 from before a call until its answer is kept: what is found so was interrupted. `code` is the status that
-- counts, `said_at` when its sender says that it was so (0 if it does not), `cause` why it stands as it does, in both languages.
CREATE TABLE outlet_packet (
  id TEXT PRIMARY KEY NOT NULL,
  outlet TEXT NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  edition INTEGER NOT NULL,
  act TEXT NOT NULL,
  state TEXT NOT NULL,
  again INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  round INTEGER NOT NULL,
  doubt INTEGER NOT NULL,
  code TEXT NOT NULL,
  said_at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  made INTEGER NOT NULL,
  changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX outlet_packet_item ON outlet_packet (log, item);
CREATE INDEX outlet_packet_state ON outlet_packet (outlet, state, made);

-- What receivers have said of a packet, each by the hash of its bytes: the same once more changes nothing. `said` is their own words.
CREATE TABLE outlet_status (
  packet TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  code TEXT NOT NULL,
  said TEXT NOT NULL,
  said_at INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (packet, sha256)
) STRICT, WITHOUT ROWID;

-- Hubs (WebSub) that are to be told that a subscription ends, for its source was removed or its feed names another hub. `url` is the site's
-- address, `until` when it ends by itself, `next` when the hub is told.
CREATE TABLE hub_left (
  source TEXT NOT NULL,
  log INTEGER NOT NULL,
  url TEXT NOT NULL,
  hub TEXT NOT NULL,
  topic TEXT NOT NULL,
  until INTEGER NOT NULL,
  next INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (source, hub, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX hub_left_next ON hub_left (next);
