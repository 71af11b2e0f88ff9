-- Portals that pass every petition on to another system, which answers it: since when (by our clock, in microseconds), and who said so.
CREATE TABLE petition_forward (
  log BIGINT PRIMARY KEY NOT NULL,
  system TEXT NOT NULL,
  name TEXT NOT NULL,
  account TEXT NOT NULL,
  since BIGINT NOT NULL
);
