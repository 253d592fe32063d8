import { readFileSync } from 'node:fs'
import { ArbiterRole, type TruthSource } from '@polyswarm/participants/arbiter'
import {
  addParticipantOptions,
  type ParticipantFlags,
  runParticipant,
  runProgram,
} from '@polyswarm/participants/programs'
import { Command } from 'commander'

const command = addParticipantOptions(new Command('arbiter')).argument('<file>', 'what is known, as JSON')

await runProgram(command, async (signal) => {
  const flags = command.opts<ParticipantFlags>()
  const known = new Map(Object.entries<'malicious' | 'benign'>(JSON.parse(readFileSync(command.args[0] ?? '', 'utf8'))))
  /** Knows what the file says of a SHA-256, and does not guess about others. */
  const truth: TruthSource = {
    name: 'list',
    setup: async () => undefined,
    judge: async ({ sha256 }) => ({
      verdict: known.get(sha256),
      reason: `it is ${known.has(sha256) ? '' : 'not '}listed`,
    }),
    teardown: async () => undefined,
  }
  const { maxArtifactSize, testing: settleCount } = flags
  await runParticipant(() => new ArbiterRole({ truth, maxArtifactSize, settleCount }), flags, signal)
})
