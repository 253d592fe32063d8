import { parseJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { AnalysisError } from '../errors.js'
import { checkFinding, type Finding } from './finding.js'

/** What a program or service answers: a finding, and the versions it was made with, where it tells them. */
export interface BackendAnswer {
  finding: Finding
  versions: { vendor?: string | undefined; signatures?: string | undefined }
}

const answer = z.looseObject({
  outcome: z.string(),
  versions: z
    .object({ vendor: z.string().max(200).optional(), signatures: z.string().max(200).optional() })
    .default({}),
})

/**
 * Reads the JSON answer of a program or service in another language.
 *
 * @throws AnalysisError where it is no JSON object with an outcome, or no finding.
 */
export function parseAnswer(backend: string, text: string): BackendAnswer {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    throw new AnalysisError({ backend, reason: `its answer is not JSON: ${text.slice(0, 100)}`, cause })
  }
  const read = answer.safeParse(value)
  if (!read.success) throw new AnalysisError({ backend, reason: 'its answer has no outcome' })
  const { versions, ...finding } = read.data
  const checked = checkFinding(finding)
  if (checked.outcome === 'abstain' && finding.outcome !== 'abstain') {
    throw new AnalysisError({ backend, reason: checked.reason ?? 'its answer is no finding' })
  }
  return { finding: checked, versions }
}
