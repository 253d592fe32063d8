/**
 * What waits for people, and what they decided. Times are milliseconds since 1970, blocks are integers. Each step makes the
 * next version of the tables.
 */
export const CASE_STEPS: readonly string[] = [
  `
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
CREATE INDEX open_cases ON cases (chain, closes_head, id) WHERE state = 'open';
CREATE INDEX open_cases_of_all ON cases (closes_head, id) WHERE state = 'open';
CREATE INDEX cases_of_file ON cases (sha256) WHERE state = 'open';
CREATE INDEX decided_cases ON cases (chain, guid) WHERE state = 'decided' AND noted = 0;
CREATE INDEX closed_cases ON cases (closed_at) WHERE closed_at IS NOT NULL;

-- How many are open: nobody counts them again and again.
CREATE TABLE open_counts (chain TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
CREATE TRIGGER opened_case AFTER INSERT ON cases BEGIN
  INSERT INTO open_counts VALUES (NEW.chain, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER closed_case AFTER UPDATE OF state ON cases WHEN OLD.state = 'open' AND NEW.state <> 'open' BEGIN
  UPDATE open_counts SET count = count - 1 WHERE chain = NEW.chain;
END;

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('malicious', 'benign')),
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_by_file ON decisions (sha256, id);

CREATE TABLE reviewers (
  name TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL UNIQUE,
  added_at INTEGER NOT NULL
) STRICT;

-- The newest block of each chain, and the milliseconds between two.
CREATE TABLE clocks (chain TEXT PRIMARY KEY, head INTEGER NOT NULL, block_time REAL, at INTEGER NOT NULL) STRICT;

-- How many cases were reported when, so that a restart reports nothing twice.
CREATE TABLE reminders (chain TEXT PRIMARY KEY, last_case INTEGER NOT NULL, urgent_head INTEGER NOT NULL, at INTEGER NOT NULL)
  STRICT;
`,
]
