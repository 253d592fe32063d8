import { withinTime } from '@polyswarm/protocol'
import { CID } from 'multiformats/cid'
import { z } from 'zod'
import type { ContentEntry } from '../artifacts/content-identifier.js'
import { ExaminerError } from '../errors.js'
import { ExaminerPool } from './examiner-pool.js'
import { PASSES, type Pass, type PassResult } from './passes.js'

/**
 * Bytes up to which a pass is done at once: a millisecond for the slowest. To hand them over would take longer. It is a chunk
 * of the content address, so that what is larger is hashed elsewhere.
 */
const AT_ONCE = 256 * 1024
/** Milliseconds that a pass may take where nobody sets a limit. */
const DEFAULT_LIMIT_MS = 60_000

/** Passes have an examiner of their own: they take as long as their content is, and never wait for an archive. */
const passes = new ExaminerPool(1)

const SHAPES = {
  address: z.object({ cid: z.string(), size: z.string().regex(/^\d{1,20}$/) }),
  hashes: z.object({ sha256: z.string(), sha1: z.string(), md5: z.string() }),
  sha256: z.string(),
  eicar: z.boolean(),
  isArchive: z.boolean(),
  entropy: z.number(),
} satisfies { [Name in Pass]: z.ZodType<PassResult<Name>> }

/**
 * Makes a pass over a content: small ones at once, larger ones in an examiner, so that this process can do other things
 * meanwhile.
 *
 * @throws ExaminerError where the examiner ends first; the signal's reason once it fires.
 */
export async function examine<Name extends Pass>(
  pass: Name,
  content: Uint8Array,
  signal?: AbortSignal,
): Promise<PassResult<Name>> {
  if (content.length <= AT_ONCE) return PASSES[pass](content) as Promise<PassResult<Name>>
  if (!signal) return withinTime(DEFAULT_LIMIT_MS, [], (limit) => examine(pass, content, limit))
  for await (const said of passes.ask({ pass }, content, signal)) {
    if ('failure' in said) throw new ExaminerError({ reason: said.failure })
    const read = SHAPES[pass].safeParse('value' in said ? said.value : undefined)
    if (read.success) return read.data as PassResult<Name>
  }
  throw new ExaminerError({ reason: `it has no answer to ${pass}` })
}

/**
 * The content address of a file; see `identifyFile`.
 *
 * @throws as `examine` does.
 */
export async function contentEntry(content: Uint8Array, signal?: AbortSignal): Promise<ContentEntry> {
  const { cid, size } = await examine('address', content, signal)
  return { cid: CID.parse(cid), size: BigInt(size) }
}
