import { openAsBlob } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { MAX_ARTIFACTS, parseJson, stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { BountySourceError } from '../errors.js'
import type { BountySource } from './bounty-source.js'

const plannedFiles = z.array(z.string()).min(1).max(MAX_ARTIFACTS)

/**
 * Posts the files of a directory, sub-directories included, in alphabetical order.
 *
 * @param perBounty files in one bounty, at most 256; what is more goes into further bounties.
 */
export function directorySource(directory: string, perBounty: number = MAX_ARTIFACTS): BountySource {
  const root = resolve(directory)
  return {
    name: 'filesystem',
    artifactType: 'file',
    endless: false,
    plan: async () => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: Error) => {
        throw new BountySourceError({ source: directory, reason: error.message })
      })
      const files: string[] = []
      for (const entry of entries.filter((candidate) => candidate.isFile())) {
        const file = join(entry.parentPath, entry.name)
        if ((await stat(file)).size > 0) files.push(file)
      }
      if (files.length === 0)
        throw new BountySourceError({ source: directory, reason: 'there are no files with content' })
      files.sort()
      const plans: string[] = []
      for (let i = 0; i < files.length; i += perBounty) plans.push(stringifyJson(files.slice(i, i + perBounty)))
      return plans
    },
    artifacts: async (plan) => {
      const files = plannedFiles.parse(parseJson(plan))
      return Promise.all(
        files.map(async (file) => {
          try {
            return { name: basename(file), content: await openAsBlob(file) }
          } catch (error) {
            throw new BountySourceError({ source: file, reason: (error as Error).message })
          }
        }),
      )
    },
  }
}
