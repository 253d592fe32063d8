import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { ROOT } from './markdown.ts'

/** Test files that take long, the longest of each project first. Those that mostly wait are among them: they take no less. */
const LONG = [
  'test/tutorials.test.ts',
  'test/page.test.ts',
  'create-microengine/src/project.test.ts',
  'participants/src/keepers.test.ts',
  'test/market.test.ts',
  'test/documentation.test.ts',
  'test/two-chains.test.ts',
  'test/geth.test.ts',
  'test/operator-page.test.ts',
  'participants/src/crash-recovery.test.ts',
  'participants/src/whole-bounty.test.ts',
  'participants/src/chaos.test.ts',
  'participants/src/examiner/growth.test.ts',
  'participants/src/examiner/examiner-pool.test.ts',
  'participants/src/backends/yara/yara-pool.test.ts',
  'participants/src/archives/peers.test.ts',
  'consumer/src/market/consumer-source.test.ts',
  'participants/src/microengine/outcome-learner.test.ts',
  'protocol/src/keystore.test.ts',
  'consumer/src/consumer-service.test.ts',
  'participants/src/arbiter/arbiter-role.test.ts',
  'consumer/src/consumer-limits.test.ts',
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
