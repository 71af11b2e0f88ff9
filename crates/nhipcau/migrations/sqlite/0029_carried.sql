-- The host from which an edition was taken, where it is carried (item.carried); nothing where its issuer signed it.
ALTER TABLE edition ADD COLUMN site TEXT;
