PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE openings (
          place INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL, author TEXT NOT NULL, nonce TEXT NOT NULL,
          verdicts TEXT NOT NULL, metadata TEXT NOT NULL, num_artifacts INTEGER NOT NULL, end_block INTEGER NOT NULL,
          UNIQUE (guid, author)
        ) STRICT;
INSERT INTO openings VALUES(1,'6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01','0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A','77','1','[]',1,90);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('openings',1);
CREATE INDEX openings_end ON openings (end_block);
COMMIT;
PRAGMA user_version = 0;
