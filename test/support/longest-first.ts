import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { ROOT } from './markdown.ts'

/** Test files that take long, the longest of each project first. Those that mostly wait are among them: they take no less. */
export const LONG: readonly string[] = [
  'test/page.test.ts',
  'create-microengine/src/project.test.ts',
  'test/tutorials.test.ts',
  'participants/src/keepers.test.ts',
  'test/market.test.ts',
  'test/documentation.test.ts',
  'participants/src/crash-recovery.test.ts',
  'participants/src/workers.test.ts',
  'participants/src/original-programs.test.ts',
  'test/operator-page.test.ts',
  'participants/src/unusable-answers.test.ts',
  'participants/src/whole-bounty.test.ts',
  'participants/src/unreliable-gateway.test.ts',
  'participants/src/chaos.test.ts',
  'participants/src/hostile-gateway.test.ts',
  'consumer/src/programs/consumer-program.test.ts',
  'participants/src/reorganisation.test.ts',
  'test/two-chains.test.ts',
  'test/geth.test.ts',
  'participants/src/examiner/growth.test.ts',
  'consumer/src/consumer-service.test.ts',
  'polyswarmd/test/follower.test.ts',
  'participants/src/programs/webhook-programs.test.ts',
  'participants/src/queue/queued-findings.test.ts',
  'participants/src/archives/read-archive.test.ts',
  'polyswarmd/test/openapi-agreement.test.ts',
  'test/killed-commands.test.ts',
  'polyswarmd/test/large-documents.test.ts',
  'consumer/src/market/whole-market.test.ts',
  'participants/src/programs/microengine-scan.test.ts',
  'participants/src/backends/webhook/many-webhooks.test.ts',
  'participants/src/arbiter/arbiter-role.test.ts',
  'polyswarmd/test/bin.test.ts',
  'participants/src/backends/yara/yara-rules.test.ts',
  'participants/src/examiner/examiner-pool.test.ts',
  'participants/src/staking/growth.test.ts',
  'test/release.test.ts',
  'participants/src/backends/command/command-backend.test.ts',
  'protocol/src/keystore.test.ts',
  'polyswarmd/test/geth.test.ts',
  'participants/src/backends/yara/yara-backend.test.ts',
  'consumer/src/consumer-limits.test.ts',
  'participants/src/backends/yara/yara-pool.test.ts',
  'participants/src/archives/peers.test.ts',
  'consumer/src/market/consumer-source.test.ts',
  'participants/src/microengine/outcome-learner.test.ts',
]

/** Begins with the files that take longest: what is short fills the gaps at the end. A checkout remembers no durations. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.indexOf(relative(ROOT, moduleId))
      return place < 0 ? LONG.length : place
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}
