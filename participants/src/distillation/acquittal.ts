import { type Finding, unknown } from '../findings/finding.js'
import { UNSEEN } from '../findings/unseen.js'

/**
 * The one rule of all policies: an artifact is benign only where everything was looked at. A finding that is suspicious, or
 * says that a part was not looked at, takes the place of "benign". Every other answer stays as it is and is marked, so that
 * whoever combines it with others acquits nothing either.
 *
 * @param answer what was made of the findings.
 * @param findings all that there are, those without an opinion too.
 */
export function acquittal(answer: Finding, findings: readonly Finding[]): Finding {
  const partial = findings.find(({ unseen }) => unseen !== undefined)
  const suspect = findings.find(({ outcome }) => outcome === 'suspicious')
  if (answer.outcome !== 'benign') return { ...answer, ...(partial?.unseen && { unseen: partial.unseen }) }
  if (suspect) return { ...suspect, ...(partial?.unseen && { unseen: partial.unseen }) }
  if (partial?.unseen === undefined) return answer
  const { unseen, reason, metadata } = partial
  return unknown({ unseen, reason: reason ?? UNSEEN[unseen], ...(metadata && { metadata }) })
}
