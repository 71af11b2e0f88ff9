-- Documents pushed as edXML packets: one row for each packet to one receiver. `act` is the number of its act, empty before it was sent first;
-- `again` is 1 where somebody wants it sent once more though nothing has changed; `seen` is where the walk met the item. `round` is how often a
-- person has had it sent; `doubt` is 1 from before a call until its answer is kept: what is found so was interrupted. `code` is the status that
-- counts, `said_at` when its sender says that it was so (0 if it does not), `cause` why it stands as it does, in both languages.
CREATE TABLE outlet_packet (
  id TEXT PRIMARY KEY NOT NULL,
  outlet TEXT NOT NULL,
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  act TEXT NOT NULL,
  state TEXT NOT NULL,
  again BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  round BIGINT NOT NULL,
  doubt BIGINT NOT NULL,
  code TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  cause TEXT NOT NULL,
  made BIGINT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE INDEX outlet_packet_item ON outlet_packet (log, item);
CREATE INDEX outlet_packet_state ON outlet_packet (outlet, state, made);

-- What receivers have said of a packet, each by the hash of its bytes: the same once more changes nothing. `said` is their own words.
CREATE TABLE outlet_status (
  packet TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  code TEXT NOT NULL,
  said TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (packet, sha256)
);

-- Hubs (WebSub) that are to be told that a subscription ends, for its source was removed or its feed names another hub. `url` is the site's
-- address, `until` when it ends by itself, `next` when the hub is told.
CREATE TABLE hub_left (
  source TEXT NOT NULL,
  log BIGINT NOT NULL,
  url TEXT NOT NULL,
  hub TEXT NOT NULL,
  topic TEXT NOT NULL,
  until BIGINT NOT NULL,
  next BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  PRIMARY KEY (source, hub, topic)
);
CREATE INDEX hub_left_next ON hub_left (next);
