PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE cases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chain TEXT NOT NULL,
  guid TEXT NOT NULL,
  artifact INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  evidence TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  -- The block at which a decision is too late for this bounty.
  closes_head INTEGER NOT NULL,
  -- open; decided by a person; known, by another source; late: nobody decided in time.
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'known', 'late')),
  closed_at INTEGER,
  -- Whether the arbiter has taken note of a decision.
  noted INTEGER NOT NULL DEFAULT 0,
  UNIQUE (chain, guid, artifact)
) STRICT;
INSERT INTO cases VALUES(1,'side','6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01',2,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','{"uri":"QmA","artifactType":"file","size":9,"format":"text","metadata":"{}","sources":[]}',1000,90,'open',NULL,0);
CREATE TABLE open_counts (chain TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
INSERT INTO open_counts VALUES('side',1);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('malicious', 'benign')),
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
INSERT INTO decisions VALUES(1,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','malicious','Ada','report 4711',2000);
CREATE TABLE reviewers (
  name TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL UNIQUE,
  added_at INTEGER NOT NULL
) STRICT;
CREATE TABLE clocks (chain TEXT PRIMARY KEY, head INTEGER NOT NULL, block_time REAL, at INTEGER NOT NULL) STRICT;
INSERT INTO clocks VALUES('side',50,2000.0,3000);
CREATE TABLE reminders (chain TEXT PRIMARY KEY, last_case INTEGER NOT NULL, urgent_head INTEGER NOT NULL, at INTEGER NOT NULL)
  STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('cases',1);
INSERT INTO sqlite_sequence VALUES('decisions',1);
CREATE INDEX open_cases ON cases (chain, closes_head, id) WHERE state = 'open';
CREATE INDEX open_cases_of_all ON cases (closes_head, id) WHERE state = 'open';
CREATE INDEX cases_of_file ON cases (sha256) WHERE state = 'open';
CREATE INDEX decided_cases ON cases (chain, guid) WHERE state = 'decided' AND noted = 0;
CREATE INDEX closed_cases ON cases (closed_at) WHERE closed_at IS NOT NULL;
CREATE TRIGGER opened_case AFTER INSERT ON cases BEGIN
  INSERT INTO open_counts VALUES (NEW.chain, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER closed_case AFTER UPDATE OF state ON cases WHEN OLD.state = 'open' AND NEW.state <> 'open' BEGIN
  UPDATE open_counts SET count = count - 1 WHERE chain = NEW.chain;
END;
CREATE INDEX decisions_by_file ON decisions (sha256, id);
COMMIT;
PRAGMA user_version = 1;
