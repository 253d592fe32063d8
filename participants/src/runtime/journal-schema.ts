/** Version of the tables below; a journal of a later version is refused rather than misread. */
export const JOURNAL_VERSION = 5

/**
 * What a participant must not forget. Amounts, nonces and bit sets are decimal text; blocks are integers. `*_block` says
 * in which block the chain said so, null where it has not (or no longer) said it; `*_head` is the newest block that was
 * known when something was written down, `*_at` the time in milliseconds since 1970. A truth is what the arbiters said, null
 * while they have not. Each step makes the next version of the tables: new journals take all of them, old ones the missing.
 */
export const JOURNAL_STEPS: readonly string[] = [
  `
CREATE TABLE pins (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE bounties (
  guid TEXT PRIMARY KEY,
  block INTEGER,
  author TEXT NOT NULL,
  artifact_type TEXT NOT NULL,
  amount TEXT NOT NULL,
  uri TEXT NOT NULL,
  expiration INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  num_artifacts INTEGER,
  bounty_fee TEXT,
  assertion_fee TEXT,
  reveal_window INTEGER,
  vote_window INTEGER,
  quorum_block INTEGER,
  decision TEXT,
  reason TEXT,
  settled_block INTEGER,
  payout TEXT,
  closed_head INTEGER
) STRICT;
CREATE INDEX open_bounties ON bounties (expiration) WHERE closed_head IS NULL;

CREATE TABLE assertions (
  guid TEXT PRIMARY KEY,
  nonce TEXT NOT NULL,
  verdicts TEXT NOT NULL,
  mask TEXT NOT NULL,
  bids TEXT NOT NULL,
  fee TEXT NOT NULL,
  metadata TEXT NOT NULL,
  commitment TEXT NOT NULL,
  position INTEGER,
  posted_block INTEGER,
  revealed_block INTEGER
) STRICT;

CREATE TABLE votes (
  guid TEXT PRIMARY KEY,
  votes TEXT NOT NULL,
  valid_bloom INTEGER NOT NULL,
  cast_block INTEGER
) STRICT;

CREATE TABLE orders (
  guid TEXT PRIMARY KEY,
  batch INTEGER NOT NULL,
  source TEXT NOT NULL,
  amount TEXT,
  bounty_fee TEXT,
  duration INTEGER NOT NULL,
  uri TEXT,
  addresses TEXT,
  metadata TEXT,
  posted_block INTEGER
) STRICT;

CREATE TABLE duties (
  guid TEXT NOT NULL,
  kind TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_head INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  missed_head INTEGER,
  PRIMARY KEY (guid, kind)
) STRICT;

CREATE TABLE transactions (
  id INTEGER PRIMARY KEY,
  guid TEXT NOT NULL,
  kind TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  nonce INTEGER NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  raw TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('signed', 'mined', 'failed', 'refused', 'replaced')),
  reason TEXT,
  head INTEGER NOT NULL
) STRICT;
CREATE INDEX transactions_of_duty ON transactions (guid, kind, attempt);
CREATE INDEX live_transactions ON transactions (state, head);
`,
  `
ALTER TABLE bounties ADD COLUMN truth TEXT;
ALTER TABLE bounties ADD COLUMN learned_head INTEGER;
ALTER TABLE assertions ADD COLUMN planned_at INTEGER;
CREATE INDEX unlearned_bounties ON bounties (guid) WHERE learned_head IS NULL;

CREATE TABLE findings (
  guid TEXT NOT NULL,
  artifact INTEGER NOT NULL,
  backend TEXT NOT NULL,
  outcome TEXT NOT NULL,
  confidence REAL NOT NULL,
  probability REAL,
  family TEXT,
  file_type TEXT NOT NULL,
  truth INTEGER,
  PRIMARY KEY (guid, artifact, backend)
) STRICT;
CREATE INDEX learned_findings ON findings (backend, file_type, outcome, truth) WHERE truth IS NOT NULL;

CREATE TABLE rivals (
  guid TEXT NOT NULL,
  author TEXT NOT NULL,
  mask TEXT NOT NULL,
  bids TEXT NOT NULL,
  verdicts TEXT,
  PRIMARY KEY (guid, author)
) STRICT;
`,
  `
ALTER TABLE orders ADD COLUMN artifact_type TEXT NOT NULL DEFAULT 'file';
`,
  `
ALTER TABLE transactions ADD COLUMN begun INTEGER;
`,
  `
ALTER TABLE assertions ADD COLUMN reveal_metadata TEXT;
`,
]
