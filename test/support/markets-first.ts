import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Begins with the tests of whole markets, which take longest: what is short fills the gaps at the end. */
export class MarketsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isMarket = ({ project }: TestSpecification): boolean => project.name === 'markets'
    return [...sorted.filter(isMarket), ...sorted.filter((file) => !isMarket(file))]
  }
}
