import { z } from 'zod'
import type { ToolVersions } from '../findings/finding.js'
import { checkFinding, type Finding } from '../findings/finding.js'

/** What a worker says about one artifact. */
interface JudgedAnswer {
  finding: Finding
  /** Format of the artifact, such as `pe`. */
  fileType: string
  /** Milliseconds that fetching and looking at it took. */
  duration: number
  /** Of the tool that looked at it. */
  versions: ToolVersions
}

/** What a worker says about one artifact, or why the bounty is to be refused. */
export type ScanAnswer = JudgedAnswer | { refused: string }

const text = z.string().transform((long) => long.slice(0, 500))

const shape = z.union([
  z.object({ refused: text }),
  z.object({
    finding: z.unknown(),
    fileType: text,
    duration: z.number().min(0),
    versions: z.object({ vendor: text.optional(), signatures: text.optional() }),
  }),
])

/** An answer as the front got it; undefined where it is none. What is no finding is an abstention. */
export function parseScanAnswer(value: unknown): ScanAnswer | undefined {
  const { success, data } = shape.safeParse(value)
  if (!success) return undefined
  if ('refused' in data) return data
  const { vendor, signatures } = data.versions
  const versions = { ...(vendor !== undefined && { vendor }), ...(signatures !== undefined && { signatures }) }
  return { ...data, finding: checkFinding(data.finding), versions }
}
