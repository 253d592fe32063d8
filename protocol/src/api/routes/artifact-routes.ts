import { z } from 'zod'
import { MAX_ARTIFACTS } from '../../mask.js'
import { artifactList } from '../bounty.js'
import { archive } from './parameter.js'
import { added, read, take } from './route.js'

const text = z.string()

/** What is kept by content address. */
export const artifactRoutes = {
  uploadArtifacts: take(
    '/artifacts',
    `Stores up to ${MAX_ARTIFACTS} parts of a form, all named \`file\`; the content address of their directory`,
    'files',
    z.string().min(1).max(100),
  ),
  artifactStatus: read(
    '/artifacts/status',
    'Whether artifacts can be stored, `{online}`',
    z.object({ online: z.boolean() }),
  ),
  artifacts: read(
    '/artifacts/:uri',
    '`[{name, hash}]`, in artifact order; or an archive of all that they hold',
    artifactList,
    [
      { name: 'format', description: 'car for an archive of the blocks, as the header Accept asks for it as well' },
      ...archive,
    ],
  ),
  archive: added(
    read('/ipfs/:uri', 'An archive of the blocks under a content address, as from a gateway of IPFS', 'bytes', [
      { name: 'format', description: 'car, where the header Accept does not say so' },
      ...archive,
    ]),
  ),
  artifact: read('/artifacts/:uri/:index', 'The bytes of artifact N', 'bytes'),
  artifactStat: read(
    '/artifacts/:uri/:index/stat',
    'Sizes and links of an artifact',
    z.object({
      hash: text,
      num_links: z.number(),
      block_size: z.number(),
      links_size: z.number(),
      data_size: z.number(),
      cumulative_size: z.number(),
      name: text,
    }),
  ),
}
