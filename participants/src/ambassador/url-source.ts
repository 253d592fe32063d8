import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MAX_ARTIFACTS, parseJson, stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { parseUrlList } from '../artifacts/url-list.js'
import { BountySourceError } from '../errors.js'
import type { BountySource } from './bounty-source.js'

const plannedUrls = z.array(z.string()).min(1).max(MAX_ARTIFACTS)

/**
 * Posts the URLs of a list, in the order of its lines; see {@link parseUrlList}. What the list says of their truth is not
 * posted. An artifact is the URL's text in UTF-8, as it is in the list.
 *
 * @param perBounty URLs in one bounty, at most 256; what is more goes into further bounties.
 */
export function urlSource(list: string, perBounty: number = MAX_ARTIFACTS): BountySource {
  const file = resolve(list)
  return {
    name: 'urls',
    artifactType: 'url',
    endless: false,
    plan: async () => {
      const refuse = (reason: string) => new BountySourceError({ source: list, reason })
      const text = await readFile(file, 'utf8').catch((error: Error) => {
        throw refuse(error.message)
      })
      const urls = parseUrlList(text, refuse).map(({ url }) => url)
      const plans: string[] = []
      for (let i = 0; i < urls.length; i += perBounty) plans.push(stringifyJson(urls.slice(i, i + perBounty)))
      return plans
    },
    artifacts: async (plan) =>
      // Not from the list, which may have changed since.
      plannedUrls.parse(parseJson(plan)).map((url, index) => ({ name: `url-${index}`, content: new Blob([url]) })),
  }
}
