import { openAsBlob } from 'node:fs'
import { basename, resolve } from 'node:path'
import { MAX_ARTIFACT_SIZE, MAX_ARTIFACTS, parseJson, stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { BountySourceError } from '../errors.js'
import type { BountySource } from './bounty-source.js'
import { commonDirectory, type LeftOutFile, namesInBounty, postableFiles } from './postable-files.js'

const plannedFiles = z.array(z.string()).min(1).max(MAX_ARTIFACTS)

/** How files are posted. */
export interface DirectorySourceOptions {
  /** Files in one bounty, at most 256; what is more goes into further bounties. */
  perBounty?: number
  /** Bytes of the largest file that is posted; 33 MiB by default. */
  maxSize?: number
  /** Told once of each file that is not posted. */
  leftOut?: (file: LeftOutFile) => void
}

/**
 * Posts files, and those of directories, sub-directories included, each in alphabetical order; see {@link postableFiles}.
 *
 * @param given files and directories.
 */
export function directorySource(
  given: string | readonly string[],
  { perBounty = MAX_ARTIFACTS, maxSize = MAX_ARTIFACT_SIZE, leftOut: tell }: DirectorySourceOptions = {},
): BountySource {
  const paths = (typeof given === 'string' ? [given] : given).map((path) => resolve(path))
  const root = commonDirectory(paths)
  const told = new Set<string>()
  return {
    name: 'filesystem',
    artifactType: 'file',
    endless: false,
    plan: async () => {
      const found = await Promise.all(
        paths.map((path) =>
          postableFiles(path, maxSize).catch((error: Error) => {
            throw new BountySourceError({ source: path, reason: error.message })
          }),
        ),
      )
      const files = [...new Set(found.flatMap((each) => each.files))]
      const leftOut = found.flatMap((each) => each.leftOut)
      for (const file of leftOut) if (!told.has(file.path)) tell?.(file)
      told.clear()
      for (const { path } of leftOut) told.add(path)
      if (files.length === 0)
        throw new BountySourceError({ source: paths.join(', '), reason: 'there are no files that can be posted' })
      const plans: string[] = []
      for (let i = 0; i < files.length; i += perBounty) plans.push(stringifyJson(files.slice(i, i + perBounty)))
      return plans
    },
    artifacts: async (plan) => {
      const files = plannedFiles.parse(parseJson(plan))
      const names = namesInBounty(files, root)
      return Promise.all(
        files.map(async (file, index) => {
          try {
            return { name: names[index] ?? basename(file), content: await openAsBlob(file) }
          } catch (error) {
            throw new BountySourceError({ source: file, reason: (error as Error).message })
          }
        }),
      )
    },
  }
}
