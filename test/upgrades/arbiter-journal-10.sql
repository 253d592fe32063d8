PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE pins (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO pins VALUES('account','0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A');
INSERT INTO pins VALUES('role','arbiter');
INSERT INTO pins VALUES('market','{"chainId":"1338","nectarToken":"0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A","arbiterStaking":"0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A","bountyRegistry":"0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A","relay":"0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"}');
INSERT INTO pins VALUES('cursor','a-7');
INSERT INTO pins VALUES('head','7');
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
, truth TEXT, learned_head INTEGER, scanned INTEGER NOT NULL DEFAULT 0, waits_until INTEGER) STRICT;
INSERT INTO bounties VALUES('6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01',3,'0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A','file','2','Qm',9,'',1,NULL,NULL,2,5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
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
, planned_at INTEGER, reveal_metadata TEXT, bid_sum TEXT NOT NULL DEFAULT '0') STRICT;
CREATE TABLE votes (
  guid TEXT PRIMARY KEY,
  votes TEXT NOT NULL,
  valid_bloom INTEGER NOT NULL,
  cast_block INTEGER
) STRICT;
INSERT INTO votes VALUES('6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01','1',1,NULL);
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
, artifact_type TEXT NOT NULL DEFAULT 'file', over INTEGER NOT NULL DEFAULT 0, answered INTEGER NOT NULL DEFAULT 0) STRICT;
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
, begun INTEGER) STRICT;
INSERT INTO transactions VALUES(1,'6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01','vote',1,4,'0x12','0x34','signed',NULL,7,NULL);
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
CREATE TABLE rivals (
  guid TEXT NOT NULL,
  author TEXT NOT NULL,
  mask TEXT NOT NULL,
  bids TEXT NOT NULL,
  verdicts TEXT,
  PRIMARY KEY (guid, author)
) STRICT;
CREATE TABLE bids_by_minute (minute INTEGER PRIMARY KEY, sum TEXT NOT NULL) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counters VALUES('settled',0);
INSERT INTO counters VALUES('settled-truths',0);
CREATE TABLE finding_counts (
  backend TEXT NOT NULL,
  file_type TEXT NOT NULL,
  outcome TEXT NOT NULL,
  truth INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (backend, file_type, outcome, truth)
) STRICT, WITHOUT ROWID;
CREATE TABLE batches (batch INTEGER PRIMARY KEY, planned INTEGER NOT NULL, over INTEGER NOT NULL) STRICT;
CREATE TABLE answers (
  guid TEXT NOT NULL,
  artifact INTEGER NOT NULL,
  judged TEXT NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (guid, artifact)
) STRICT;
CREATE TABLE judgements (
  guid TEXT NOT NULL,
  artifact INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  truth INTEGER,
  source TEXT,
  pending INTEGER NOT NULL,
  PRIMARY KEY (guid, artifact)
) STRICT, WITHOUT ROWID;
INSERT INTO judgements VALUES('6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01',0,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'manual',0);
CREATE TABLE judged_bounties (
  guid TEXT PRIMARY KEY,
  valid_bloom INTEGER NOT NULL,
  compare_from INTEGER NOT NULL,
  compared INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO judged_bounties VALUES('6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01',1,20,0);
CREATE TABLE settled_truths (
  sha256 TEXT PRIMARY KEY,
  malicious INTEGER NOT NULL,
  benign INTEGER NOT NULL,
  head INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tallies (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO tallies VALUES('bounties','10');
INSERT INTO tallies VALUES('responses','9');
INSERT INTO tallies VALUES('stake','5');
CREATE TABLE batched_actions (
  guid TEXT NOT NULL,
  kind TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  transaction_id INTEGER NOT NULL,
  done INTEGER,
  PRIMARY KEY (guid, kind, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_bounties ON bounties (expiration) WHERE closed_head IS NULL;
CREATE INDEX transactions_of_duty ON transactions (guid, kind, attempt);
CREATE INDEX live_transactions ON transactions (state, head);
CREATE TRIGGER settled_truth AFTER INSERT ON settled_truths BEGIN
  UPDATE counters SET value = value + 1 WHERE name = 'settled-truths';
END;
CREATE TRIGGER forgotten_truth AFTER DELETE ON settled_truths BEGIN
  UPDATE counters SET value = value - 1 WHERE name = 'settled-truths';
END;
CREATE TRIGGER finding_of_bounty AFTER INSERT ON findings BEGIN
  UPDATE bounties SET scanned = 1 WHERE guid = NEW.guid AND scanned = 0;
END;
CREATE INDEX bounties_to_learn ON bounties (expiration) WHERE scanned = 1 AND learned_head IS NULL
  AND closed_head IS NOT NULL AND (quorum_block IS NOT NULL OR settled_block IS NOT NULL);
CREATE INDEX learned_bounties ON bounties (expiration DESC, guid) WHERE truth IS NOT NULL AND num_artifacts IS NOT NULL;
CREATE INDEX bounties_by_block ON bounties (block) WHERE block IS NOT NULL;
CREATE INDEX bounties_by_quorum ON bounties (quorum_block) WHERE quorum_block IS NOT NULL;
CREATE INDEX bounties_by_settlement ON bounties (settled_block) WHERE settled_block IS NOT NULL;
CREATE INDEX bounties_by_end ON bounties (closed_head) WHERE closed_head IS NOT NULL;
CREATE INDEX bounties_by_lesson ON bounties (learned_head) WHERE learned_head IS NOT NULL;
CREATE INDEX assertions_by_block ON assertions (posted_block) WHERE posted_block IS NOT NULL;
CREATE INDEX assertions_by_reveal ON assertions (revealed_block) WHERE revealed_block IS NOT NULL;
CREATE INDEX votes_by_block ON votes (cast_block) WHERE cast_block IS NOT NULL;
CREATE INDEX orders_by_block ON orders (posted_block) WHERE posted_block IS NOT NULL;
CREATE INDEX duties_by_miss ON duties (missed_head) WHERE missed_head IS NOT NULL;
CREATE INDEX duties_by_attempt ON duties (last_head);
CREATE INDEX assertions_by_time ON assertions (planned_at) WHERE planned_at IS NOT NULL;
CREATE TRIGGER settled_bounty AFTER UPDATE OF settled_block ON bounties
  WHEN (OLD.settled_block IS NULL) <> (NEW.settled_block IS NULL)
BEGIN
  UPDATE counters SET value = value + iif(NEW.settled_block IS NULL, -1, 1) WHERE name = 'settled';
END;
CREATE TRIGGER truth_of_finding AFTER UPDATE OF truth ON findings WHEN OLD.truth IS NOT NEW.truth BEGIN
  UPDATE finding_counts SET count = count - 1 WHERE backend = OLD.backend AND file_type = OLD.file_type
    AND outcome = OLD.outcome AND truth = OLD.truth;
  INSERT INTO finding_counts SELECT NEW.backend, NEW.file_type, NEW.outcome, NEW.truth, 1 WHERE NEW.truth IS NOT NULL
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE INDEX waiting_orders ON orders (batch) WHERE over = 0 AND posted_block IS NULL;
CREATE INDEX prepared_orders ON orders (batch) WHERE over = 0 AND posted_block IS NULL AND amount IS NOT NULL;
CREATE INDEX orders_in_flight ON orders (batch) WHERE over = 0 AND posted_block IS NOT NULL;
CREATE INDEX orders_by_source ON orders (source);
CREATE TRIGGER planned_order AFTER INSERT ON orders BEGIN
  INSERT INTO batches VALUES (NEW.batch, 1, NEW.over)
    ON CONFLICT DO UPDATE SET planned = planned + 1, over = over + NEW.over;
END;
CREATE TRIGGER order_over AFTER UPDATE OF over ON orders WHEN OLD.over <> NEW.over BEGIN
  UPDATE batches SET over = over + NEW.over - OLD.over WHERE batch = NEW.batch;
END;
CREATE TRIGGER order_settled AFTER UPDATE OF settled_block ON bounties
  WHEN (OLD.settled_block IS NULL) <> (NEW.settled_block IS NULL)
BEGIN
  UPDATE orders SET over = NEW.settled_block IS NOT NULL OR EXISTS
    (SELECT 1 FROM duties WHERE guid = NEW.guid AND kind = 'post' AND missed_head IS NOT NULL)
    WHERE guid = NEW.guid;
END;
CREATE TRIGGER order_given_up AFTER INSERT ON duties WHEN NEW.kind = 'post' AND NEW.missed_head IS NOT NULL BEGIN
  UPDATE orders SET over = 1 WHERE guid = NEW.guid;
END;
CREATE TRIGGER order_reconsidered AFTER UPDATE OF missed_head ON duties WHEN NEW.kind = 'post' BEGIN
  UPDATE orders SET over = NEW.missed_head IS NOT NULL OR EXISTS
    (SELECT 1 FROM bounties WHERE guid = NEW.guid AND settled_block IS NOT NULL)
    WHERE guid = NEW.guid;
END;
CREATE INDEX orders_to_answer ON orders (batch) WHERE over = 1 AND answered = 0;
CREATE TRIGGER answer_reconsidered AFTER UPDATE OF over ON orders WHEN NEW.over = 0 AND NEW.answered = 1 BEGIN
  UPDATE orders SET answered = 0 WHERE guid = NEW.guid;
END;
CREATE INDEX bounties_to_compare ON judged_bounties (compare_from) WHERE compared = 0;
CREATE INDEX settled_truths_by_head ON settled_truths (head);
CREATE INDEX actions_of_transaction ON batched_actions (transaction_id);
CREATE INDEX untold_actions ON batched_actions (transaction_id) WHERE done IS NULL;
CREATE TRIGGER not_mined AFTER UPDATE OF state ON transactions WHEN NEW.guid = '' AND NEW.state <> 'mined' BEGIN
  UPDATE batched_actions SET done = iif(NEW.state = 'signed', NULL, 0) WHERE transaction_id = NEW.id;
END;
COMMIT;
PRAGMA user_version = 10;
