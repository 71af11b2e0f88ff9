-- What kind a clerk has made of a petition; empty while it is what it was registered as (`sort`, which its commitment names).
ALTER TABLE petition ADD COLUMN kind TEXT NOT NULL DEFAULT '';

-- Of a mail that became a petition: `thread` is the first part of the Message-ID of our answer, `unsure` is 1 if nobody knew which kind it is.
-- `lost` is 1 if it became nothing and its sender was not told, 2 if it became a petition and its sender was not told.
ALTER TABLE petition_mail ADD COLUMN thread TEXT NOT NULL DEFAULT '';
ALTER TABLE petition_mail ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE petition_mail ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
CREATE INDEX petition_mail_lost ON petition_mail (portal, lost, at);

-- Steps of petitions that came by mail, of which their senders are told by mail: `mailing` is empty until it is on its way, `answer` a hash of
-- its Message-ID.
CREATE TABLE petition_notice (
  petition TEXT NOT NULL,
  seq INTEGER NOT NULL,
  mailing TEXT NOT NULL,
  answer BLOB NOT NULL,
  PRIMARY KEY (petition, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_notice_mailing ON petition_notice (mailing);
CREATE INDEX petition_notice_answer ON petition_notice (answer);
