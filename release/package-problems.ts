import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/** Ways to resolve a module that need no answer: packages of ES modules are for those who know these. */
const NOT_FOR_US = ['node10', 'node16-cjs']

/**
 * What is wrong with a package, by two tools that know what resolves how: publint, and "Are the types wrong?" for packages
 * that can be imported.
 *
 * @param tarball path of what `npm pack` has made.
 * @returns a line for each problem.
 */
export async function packageProblems(tarball: string): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(tarball))
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true })
  const said = messages.map((message) => `publint: ${formatMessage(message, pkg)}`)
  // A package of programs alone has no types.
  if (pkg.exports === undefined) return said
  const types = await checkPackage(createPackageFromTarballData(bytes))
  if (!types.types) return [...said, 'types: there are none']
  const wrong = types.problems.filter(
    (problem) => !('resolutionKind' in problem && NOT_FOR_US.includes(problem.resolutionKind)),
  )
  return [...said, ...wrong.map((problem) => `types: ${JSON.stringify(problem)}`)]
}
