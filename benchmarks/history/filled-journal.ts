import { newGuid } from '@polyswarm/protocol'
import { Journal } from '../../participants/dist/runtime/journal/journal.js'
import { ENGINES, partyOf } from './parties.ts'

/** Blocks that pass from the posting of a bounty until all of it is done, and bounties that are posted in each. */
const LIFE = 45
const PER_BLOCK = 1

const BACKENDS = ['', 'clamav', 'yara']
const TYPES = ['pe', 'elf', 'pdf', 'script', 'unknown']
const TRANSACTION = `0x${'ab'.repeat(400)}` as const
const BID = 10n ** 17n

/** Block in which the last of so many bounties was posted. */
function headOf(bounties: number): number {
  return 100 + Math.floor(bounties / PER_BLOCK)
}

/** Writes down what an engine, or an ambassador, has done on so many bounties, as its participant would; the newest are open. */
export function fillJournal(path: string, role: 'microengine' | 'ambassador', bounties: number): Journal {
  const account = partyOf(0)
  const journal = Journal.open(path, { account, role })
  const head = headOf(bounties)
  for (let start = 0; start < bounties; start += 1_000) {
    journal.write(() => {
      for (let index = start; index < Math.min(bounties, start + 1_000); index++) addBounty(journal, role, index, head)
    })
  }
  journal.head = head
  return journal
}

function addBounty(journal: Journal, role: 'microengine' | 'ambassador', index: number, head: number): void {
  const { bounties, findings, plannedBounties } = journal
  const guid = newGuid()
  const block = headOf(index)
  const isOver = block + LIFE < head
  const uri = `Qm${guid.replaceAll('-', '').padEnd(44, 'x')}`
  const mine = role === 'ambassador'
  const expiration = block + 15
  const metadata = [{ sha256: '0'.repeat(64), mimetype: 'application/x-dosexec', filename: `sample-${index}` }]
  if (mine) {
    plannedBounties.add({ guid, batch: 1, source: `sample-${index}`, artifactType: 'file', duration: 15 })
    plannedBounties.prepare(guid, { amount: BID, bountyFee: BID, uri, addresses: [uri], metadata: uri })
    send(journal, { guid, kind: 'post', nonce: index * 2, head: block })
    plannedBounties.setPosted(guid, block)
  }
  bounties.announce({ guid, block, author: partyOf(9), artifactType: 'file', amount: BID, uri, expiration, metadata })
  bounties.setTerms(guid, {
    ...{ num_artifacts: 1, bounty_fee: BID as never, assertion_fee: BID as never, arbiter_count: 1 },
    ...{ assertion_reveal_window: 10, arbiter_vote_window: 20 },
  })
  bounties.decide(guid, mine ? 'post' : 'assert', '1 of 1 artifacts')
  if (!mine) {
    const fileType = TYPES[index % TYPES.length] ?? ''
    const said = { artifact: 0, outcome: index % 3 === 0 ? 'malicious' : 'benign', confidence: 0.9, family: null }
    findings.record(
      guid,
      BACKENDS.map((backend) => ({ ...said, backend, fileType, probability: backend === '' ? 0.5 : null })),
    )
    const secret = { nonce: BigInt(index), verdicts: 1n, mask: 1n, commitment: BigInt(index) }
    bounties.plan({ guid, ...secret, bids: [BID], fee: BID, metadata: '[]', revealMetadata: '' }, block * 2_000)
    send(journal, { guid, kind: 'assert', nonce: index * 3, head: block + 1 })
    bounties.setPosted(guid, 0, block + 1)
  }
  if (!isOver) return
  if (!mine) {
    send(journal, { guid, kind: 'reveal', nonce: index * 3 + 1, head: expiration })
    bounties.setRevealed(guid, expiration + 1)
  }
  bounties.setQuorum(guid, expiration + 12)
  send(journal, { guid, kind: 'settle', nonce: index * 3 + 2, head: expiration + 30 })
  bounties.setSettled(guid, expiration + 30, BID)
  bounties.close(guid, expiration + 30)
  if (mine) return
  const rivals = Array.from({ length: ENGINES - 1 }, (_, rival) => ({
    author: partyOf(rival + 1),
    mask: 1n,
    bids: [BID],
  }))
  findings.learn(
    guid,
    expiration + 30,
    index % 2 === 0 ? 1n : 0n,
    rivals.map((rival) => ({ ...rival, verdicts: 1n })),
  )
}

type Sent = {
  guid: ReturnType<typeof newGuid>
  kind: 'post' | 'assert' | 'reveal' | 'settle'
  nonce: number
  head: number
}

function send({ outbox, duties }: Journal, { guid, kind, nonce, head }: Sent): void {
  duties.attempt(guid, kind, head)
  const hash = `0x${nonce.toString(16).padStart(64, kind === 'post' ? 'a' : '0')}` as const
  for (const { id } of outbox.add([{ guid, kind, attempt: 1, nonce, hash, raw: TRANSACTION, head }])) {
    outbox.setState(id, 'mined', head + 1)
  }
}
