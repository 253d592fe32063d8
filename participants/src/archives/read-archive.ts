import { ArchiveBudget, LimitReached } from './archive-budget.js'
import type { ArchiveLimits } from './archive-limits.js'
import type { ArchiveMember } from './archive-member.js'
import type { Container } from './container-formats.js'
import { containersOf } from './containers.js'
import { mailMembers } from './mail-reader.js'
import type { Opening } from './opening.js'
import { packedMembers } from './packed-members.js'
import { uuencodedMembers } from './uuencode.js'
import { zipMembers } from './zip-reader.js'

/**
 * All that is in a container, containers within it included; each comes before its members. What is recognised and cannot
 * be opened is a member, too, with the reason. This runs in the examiner only: see `openArchive` for what others call.
 *
 * @param content anything; what holds no other files has no members.
 * @param passwords tried on what is encrypted, in this order.
 * @throws LimitReached once a limit is passed; nothing above the limits is ever held in memory.
 */
export async function* readArchive(
  content: Uint8Array,
  limits: ArchiveLimits,
  passwords: readonly string[] = [],
): AsyncGenerator<ArchiveMember> {
  yield* read(content, { budget: new ArchiveBudget(limits, content.length), passwords }, 1)
}

async function* read(content: Uint8Array, opening: Opening, depth: number): AsyncGenerator<ArchiveMember> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  for (const container of containersOf(bytes)) {
    for await (const member of direct(bytes, container, opening)) {
      if (depth > opening.budget.limits.maxDepth) throw new LimitReached('archives within archives')
      yield member
      if (!member.content) continue
      for await (const inner of read(member.content, opening, depth + 1)) {
        yield { ...inner, path: `${member.path}/${inner.path}` }
      }
    }
  }
}

function direct(
  bytes: Buffer,
  container: Container,
  opening: Opening,
): AsyncIterable<ArchiveMember> | Iterable<ArchiveMember> {
  if (container.name === 'zip') return zipMembers(bytes, opening)
  if (container.name === 'mail') return mailMembers(bytes, opening)
  if (container.name === 'uuencode') return uuencodedMembers(bytes, opening)
  return packedMembers(bytes, container, opening)
}
