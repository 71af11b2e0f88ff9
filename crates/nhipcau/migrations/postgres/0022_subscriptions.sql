-- Who follows something. The address is sealed under keys/people.key; by `mark`, a hash under the same key, it is found
-- again. `next` is when the next digest is due; what is told at once has none.
CREATE TABLE subscriber (
  id TEXT PRIMARY KEY NOT NULL,
  portal TEXT NOT NULL,
  mark BYTEA NOT NULL,
  address BYTEA NOT NULL,
  lang TEXT NOT NULL,
  often TEXT NOT NULL,
  hour BIGINT NOT NULL,
  next BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  begun BIGINT NOT NULL
);
CREATE UNIQUE INDEX subscriber_mark ON subscriber (portal, mark);
CREATE INDEX subscriber_next ON subscriber (next);

-- What each follows.
CREATE TABLE following (
  topic TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (topic, subscriber)
);
CREATE INDEX following_subscriber ON following (subscriber);

-- What was asked for and waits for the one-time link. `network` is a hash, under the key, of where it was asked from.
CREATE TABLE follow_request (
  id TEXT PRIMARY KEY NOT NULL,
  portal TEXT NOT NULL,
  mark BYTEA NOT NULL,
  address BYTEA NOT NULL,
  network BYTEA NOT NULL,
  lang TEXT NOT NULL,
  topic TEXT NOT NULL,
  often TEXT NOT NULL,
  hour BIGINT NOT NULL,
  at BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX follow_request_at ON follow_request (at);

-- Mails: for a subscriber, or about a request. `id` is the left side of the Message-ID. `sent` is 0 until the relay has taken
-- it, -1 if it never will.
CREATE TABLE mailing (
  id TEXT PRIMARY KEY NOT NULL,
  subscriber TEXT NOT NULL,
  request TEXT NOT NULL,
  made BIGINT NOT NULL,
  due BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  sent BIGINT NOT NULL
);
CREATE INDEX mailing_due ON mailing (sent, due);
CREATE INDEX mailing_made ON mailing (made);
CREATE INDEX mailing_subscriber ON mailing (subscriber);

-- Which subscriber is told, or was told, of which edition of which item, and by which mail; never in which words. An empty
-- `mailing` waits for its hour.
CREATE TABLE telling (
  subscriber TEXT NOT NULL,
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  state TEXT NOT NULL,
  again BIGINT NOT NULL,
  at BIGINT NOT NULL,
  mailing TEXT NOT NULL,
  PRIMARY KEY (log, item, subscriber, edition, state)
);
CREATE INDEX telling_waits ON telling (mailing, subscriber);
CREATE INDEX telling_at ON telling (at);
