/** What makes the next version of the tables, for each kind of database. */
export interface ConsumerStep {
  sqlite: string
  postgres: string
}

/**
 * What the consumer service keeps. Amounts are decimal text in base units; moments milliseconds since 1970; blocks integers.
 * `reserved` is what a submission may cost at most and is spent from the budget as soon as it is started; when its bounty is
 * over it is replaced by what it did cost. Each step makes the next version of the tables.
 *
 * Every question that is asked again and again has an index that answers it, whatever the number of submissions.
 */
export const CONSUMER_STEPS: readonly ConsumerStep[] = [
  portable(`
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  submissions_per_hour INTEGER,
  budget TEXT,
  spent TEXT NOT NULL DEFAULT '0'
) STRICT;

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  account INTEGER NOT NULL REFERENCES accounts (id),
  created INTEGER NOT NULL,
  revoked INTEGER
) STRICT;

CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  sha1 TEXT NOT NULL,
  md5 TEXT NOT NULL,
  size INTEGER NOT NULL,
  mimetype TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  UNIQUE (sha256, type)
) STRICT;
CREATE INDEX artifacts_by_sha1 ON artifacts (sha1);
CREATE INDEX artifacts_by_md5 ON artifacts (md5);

CREATE TABLE bounties (
  id INTEGER PRIMARY KEY,
  guid TEXT NOT NULL UNIQUE,
  artifact_type TEXT NOT NULL,
  artifacts INTEGER NOT NULL,
  most TEXT NOT NULL,
  over INTEGER NOT NULL DEFAULT 0,
  phase TEXT,
  block INTEGER NOT NULL DEFAULT 0,
  expiration INTEGER,
  reveal_end INTEGER,
  vote_end INTEGER,
  answered TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX open_bounties ON bounties (id) WHERE over = 0;

CREATE TABLE instances (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts (id),
  artifact INTEGER REFERENCES artifacts (id),
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  community TEXT NOT NULL,
  private INTEGER NOT NULL,
  fresh INTEGER NOT NULL,
  password TEXT,
  created INTEGER NOT NULL,
  expires INTEGER,
  upload_token TEXT UNIQUE,
  state TEXT NOT NULL,
  reason TEXT,
  bounty INTEGER REFERENCES bounties (id),
  position INTEGER,
  answered_by INTEGER REFERENCES instances (id),
  disputes INTEGER,
  dispute_reason TEXT,
  queued INTEGER,
  reserved TEXT NOT NULL DEFAULT '0',
  reward TEXT NOT NULL DEFAULT '0',
  fee TEXT NOT NULL DEFAULT '0',
  refund TEXT NOT NULL DEFAULT '0',
  judged INTEGER,
  truth INTEGER,
  score TEXT,
  families TEXT,
  assertions TEXT NOT NULL DEFAULT '[]',
  votes TEXT NOT NULL DEFAULT '[]',
  change INTEGER NOT NULL
) STRICT;
CREATE INDEX instances_of_account ON instances (account, id);
CREATE INDEX instances_of_artifact ON instances (artifact, private, id) WHERE artifact IS NOT NULL;
CREATE INDEX own_instances_of_artifact ON instances (artifact, account, id) WHERE artifact IS NOT NULL;
CREATE INDEX instances_by_change ON instances (change, id);
CREATE INDEX instances_of_bounty ON instances (bounty, position) WHERE bounty IS NOT NULL;
CREATE INDEX instances_answered_by ON instances (answered_by) WHERE answered_by IS NOT NULL;
CREATE INDEX disputes ON instances (disputes) WHERE disputes IS NOT NULL;
CREATE INDEX queued_instances ON instances (private, type, id) WHERE state = 'queued' AND bounty IS NULL AND answered_by IS NULL;
CREATE INDEX waiting_instances ON instances (created) WHERE state IN ('created', 'stored');
CREATE INDEX expiring_instances ON instances (expires) WHERE expires IS NOT NULL;

-- Files whose last submission was deleted, until they are gone from the disk as well.
CREATE TABLE removals (sha256 TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Who answered, and what became of it, by type of file.
CREATE TABLE engines (
  address TEXT NOT NULL,
  role TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (address, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE records (
  address TEXT NOT NULL,
  file_type TEXT NOT NULL,
  true_positives INTEGER NOT NULL DEFAULT 0,
  false_positives INTEGER NOT NULL DEFAULT 0,
  true_negatives INTEGER NOT NULL DEFAULT 0,
  false_negatives INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (address, file_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO facts VALUES ('spent', '0'), ('stored-bytes', '0'), ('change', '0');
`),
  {
    // The first version counted by triggers.
    sqlite: 'DROP TRIGGER IF EXISTS artifact_kept; DROP TRIGGER IF EXISTS artifact_removed;',
    postgres: '',
  },
  portable(`
-- With which change a submission came into its state: what webhooks are told.
ALTER TABLE instances ADD COLUMN turned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX turns_of_account ON instances (account, turned, id);

-- Where customers are told of their submissions, and up to which turn they were.
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts (id),
  uri TEXT NOT NULL,
  secret TEXT NOT NULL,
  status TEXT NOT NULL,
  events TEXT NOT NULL,
  standing TEXT,
  turned INTEGER NOT NULL,
  instance INTEGER NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX webhooks_of_account ON webhooks (account, id);

-- What engines and arbiters said on each day (since 1970, UTC), and what was true.
CREATE TABLE daily_records (
  address TEXT NOT NULL,
  role TEXT NOT NULL,
  day INTEGER NOT NULL,
  true_positives INTEGER NOT NULL DEFAULT 0,
  false_positives INTEGER NOT NULL DEFAULT 0,
  true_negatives INTEGER NOT NULL DEFAULT 0,
  false_negatives INTEGER NOT NULL DEFAULT 0,
  unknown INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (address, role, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX daily_records_by_day ON daily_records (day);

-- What artifacts are found by, besides their hashes: a field and a value in one.
CREATE TABLE terms (
  term TEXT NOT NULL,
  artifact INTEGER NOT NULL REFERENCES artifacts (id),
  PRIMARY KEY (term, artifact)
) STRICT, WITHOUT ROWID;
CREATE INDEX terms_of_artifact ON terms (artifact);

-- Questions for the sums of such days, with the answer as it was then.
CREATE TABLE accuracy_jobs (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts (id),
  role TEXT NOT NULL,
  address TEXT NOT NULL,
  created INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  end_day INTEGER NOT NULL,
  true_positives INTEGER NOT NULL,
  false_positives INTEGER NOT NULL,
  true_negatives INTEGER NOT NULL,
  false_negatives INTEGER NOT NULL,
  unknown INTEGER NOT NULL
) STRICT;
CREATE INDEX accuracy_jobs_of_account ON accuracy_jobs (account, role, id);
`),
  portable('CREATE INDEX good_keys_of_account ON keys (account) WHERE revoked IS NULL;'),
  portable('CREATE INDEX artifacts_by_arrival ON artifacts (first_seen, id);'),
]

/** The tables are written as SQLite has them; PostgreSQL knows neither its types nor its rowids. */
function portable(sqlite: string): ConsumerStep {
  const postgres = sqlite
    .replaceAll('INTEGER PRIMARY KEY', 'BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY')
    .replaceAll('INTEGER', 'BIGINT')
    .replace(/\) STRICT(, WITHOUT ROWID)?;/g, ');')
  return { sqlite, postgres }
}
