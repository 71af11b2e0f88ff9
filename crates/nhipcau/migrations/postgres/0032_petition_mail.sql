-- Mails to the petitions' address, by a hash of their Message-ID (`mark`), without a word of them: the petition that each became or belongs to, a
-- hash of the Message-ID of our answer, the address that is answered (sealed), and what it is told.
CREATE TABLE petition_mail (
  id TEXT PRIMARY KEY NOT NULL,
  mark BYTEA NOT NULL,
  answer BYTEA NOT NULL,
  portal TEXT NOT NULL,
  petition TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  told TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX petition_mail_mark ON petition_mail (mark);
CREATE INDEX petition_mail_answer ON petition_mail (answer);
CREATE INDEX petition_mail_petition ON petition_mail (petition);
CREATE INDEX petition_mail_at ON petition_mail (at);
