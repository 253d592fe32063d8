/** Grows by one with every change of the tables; a ledger of an earlier version is read anew from the chain. */
export const SCHEMA_VERSION = 3

/**
 * The tables of a ledger. Everything but `ledger` and `blocks` is only ever inserted, and names the block that said it, so
 * that a re-org is undone by deleting what is above the common block. Rows stand in the order of their blocks, so that
 * these are found from the end, without an index by block. Integers beyond 53 bits are decimal TEXT.
 */
export const SCHEMA = `
CREATE TABLE ledger (
  id TEXT NOT NULL, chain_id INTEGER NOT NULL, bounty_registry TEXT NOT NULL, offer_registry TEXT NOT NULL,
  genesis_hash TEXT NOT NULL
) STRICT;
CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;
CREATE TABLE log (
  position INTEGER PRIMARY KEY AUTOINCREMENT, block_number INTEGER NOT NULL, event TEXT NOT NULL, data TEXT NOT NULL,
  txhash TEXT, channel TEXT
) STRICT;
CREATE INDEX log_block ON log (block_number);
CREATE INDEX log_channel ON log (channel, position) WHERE channel IS NOT NULL;
CREATE INDEX log_reorg ON log (position) WHERE event = 'reorg';
CREATE TABLE bounties (
  guid TEXT PRIMARY KEY, artifact_type TEXT NOT NULL, author TEXT NOT NULL, amount TEXT NOT NULL, uri TEXT NOT NULL,
  expiration INTEGER NOT NULL, metadata TEXT NOT NULL, block_number INTEGER NOT NULL, txhash TEXT NOT NULL
) STRICT;
CREATE INDEX bounties_author ON bounties (author);
CREATE INDEX bounties_expiration ON bounties (expiration);
CREATE TABLE terms (
  guid TEXT PRIMARY KEY, num_artifacts INTEGER NOT NULL, bloom BLOB NOT NULL, bounty_fee TEXT NOT NULL,
  assertion_fee TEXT NOT NULL, assertion_reveal_window INTEGER NOT NULL, arbiter_vote_window INTEGER NOT NULL,
  arbiter_count INTEGER NOT NULL, block_number INTEGER NOT NULL
) STRICT;
CREATE TABLE assertions (
  guid TEXT NOT NULL, idx INTEGER NOT NULL, author TEXT NOT NULL, bids TEXT NOT NULL, mask TEXT NOT NULL,
  num_artifacts INTEGER NOT NULL, commitment TEXT NOT NULL, block_number INTEGER NOT NULL, txhash TEXT NOT NULL,
  PRIMARY KEY (guid, idx)
) STRICT;
CREATE INDEX assertions_author ON assertions (author);
CREATE TABLE reveals (
  guid TEXT NOT NULL, idx INTEGER NOT NULL, nonce TEXT NOT NULL, verdicts TEXT NOT NULL, metadata TEXT NOT NULL,
  block_number INTEGER NOT NULL, txhash TEXT NOT NULL, PRIMARY KEY (guid, idx)
) STRICT;
CREATE TABLE votes (
  guid TEXT NOT NULL, voter TEXT NOT NULL, votes TEXT NOT NULL, num_artifacts INTEGER NOT NULL,
  block_number INTEGER NOT NULL, txhash TEXT NOT NULL, PRIMARY KEY (guid, voter)
) STRICT;
CREATE INDEX votes_voter ON votes (voter);
CREATE TABLE bloom_votes (
  guid TEXT NOT NULL, voter TEXT NOT NULL, valid_bloom INTEGER NOT NULL, block_number INTEGER NOT NULL,
  PRIMARY KEY (guid, voter)
) STRICT;
CREATE TABLE quorums (guid TEXT PRIMARY KEY, block_number INTEGER NOT NULL) STRICT;
CREATE TABLE settlements (
  guid TEXT NOT NULL, settler TEXT NOT NULL, payout TEXT NOT NULL, block_number INTEGER NOT NULL, txhash TEXT NOT NULL
) STRICT;
CREATE INDEX settlements_guid ON settlements (guid);
CREATE TABLE burned (
  guid TEXT NOT NULL, what TEXT NOT NULL, amount TEXT NOT NULL, block_number INTEGER NOT NULL
) STRICT;
CREATE TABLE fees (bounty_fee TEXT NOT NULL, assertion_fee TEXT NOT NULL, block_number INTEGER NOT NULL) STRICT;
CREATE TABLE windows (
  assertion_reveal_window INTEGER NOT NULL, arbiter_vote_window INTEGER NOT NULL, block_number INTEGER NOT NULL
) STRICT;
CREATE TABLE arbiters (account TEXT NOT NULL, added INTEGER NOT NULL, block_number INTEGER NOT NULL) STRICT;
CREATE TABLE channels (
  guid TEXT PRIMARY KEY, address TEXT NOT NULL UNIQUE, ambassador TEXT NOT NULL, expert TEXT NOT NULL,
  block_number INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_ambassador ON channels (ambassador);
CREATE INDEX channels_expert ON channels (expert);
CREATE TABLE channel_moves (
  guid TEXT NOT NULL, move TEXT NOT NULL, settlement_period_end TEXT, uri TEXT, block_number INTEGER NOT NULL
) STRICT;
CREATE INDEX channel_moves_guid ON channel_moves (guid, move);
CREATE TABLE deprecations (deprecated INTEGER NOT NULL, rollover INTEGER NOT NULL, block_number INTEGER NOT NULL) STRICT;
`

/**
 * What came later and changes nothing of the rest: made where it is missing. `forgotten` has a row once history was: the
 * position up to which entries of the log are gone.
 */
export const ADDITIONS = `
CREATE TABLE IF NOT EXISTS forgotten (position INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS log_deprecation ON log (position) WHERE event IN ('deprecated', 'undeprecated');
`

/** The tables whose rows a re-org takes back by their `block_number`. */
export const TABLES_OF_BLOCKS = [
  'log',
  'bounties',
  'terms',
  'assertions',
  'reveals',
  'votes',
  'bloom_votes',
  'quorums',
  'settlements',
  'burned',
  'fees',
  'windows',
  'arbiters',
  'deprecations',
  'channels',
  'channel_moves',
] as const
