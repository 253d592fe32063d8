import { ARCHIVE_LIMITS } from '../archives/archive-limits.js'
import { openArchive } from '../archives/open-archive.js'
import { isArchive } from '../archives/read-archive.js'
import { ArchiveBombError, ExaminerError } from '../errors.js'
import type { AnalysisBackend, AnalysisRequest } from './analysis-backend.js'
import { checkFinding, type Finding, suspicious, unknown } from './finding.js'

/**
 * Has a backend look at an artifact and, where it is an archive and the backend wants that, at all that is in it. One
 * malicious member convicts the archive. It is benign only if everything in it could be read and is; an archive that would
 * burst the limits is suspicious.
 */
export async function analyzeWithMembers(backend: AnalysisBackend, request: AnalysisRequest): Promise<Finding> {
  const { content, signal } = request
  const whole = checkFinding(await backend.analyze(request))
  if (!backend.wantsMembers || whole.outcome === 'malicious' || !isArchive(content)) return whole
  const findings: Finding[] = [whole]
  const unread: string[] = []
  try {
    for await (const member of openArchive(content, ARCHIVE_LIMITS, signal)) {
      signal.throwIfAborted()
      if (!member.content) {
        unread.push(`${member.path || 'archive'}: ${member.unreadable}`)
        continue
      }
      const finding = checkFinding(await backend.analyze({ ...request, content: member.content }))
      if (finding.outcome === 'malicious') {
        return { ...finding, metadata: { ...finding.metadata, member: member.path.slice(0, 200) } }
      }
      findings.push(finding)
    }
  } catch (error) {
    if (error instanceof ArchiveBombError) return suspicious({ family: 'Archive.Bomb', reason: error.message })
    if (error instanceof ExaminerError) return unknown({ reason: `the archive was not opened: ${error.message}` })
    throw error
  }
  return summaryOf(findings, unread)
}

function summaryOf(findings: readonly Finding[], unread: readonly string[]): Finding {
  const worst = ['suspicious', 'abstain', 'unknown'] as const
  for (const outcome of worst) {
    const found = findings.find((finding) => finding.outcome === outcome)
    if (found) return found
  }
  const [first] = unread
  if (first !== undefined) return unknown({ reason: `not all of the archive can be read: ${first}`.slice(0, 200) })
  const [whole] = findings
  if (!whole) throw new TypeError('The archive itself has a finding.')
  return { ...whole, confidence: Math.min(...findings.map(({ confidence }) => confidence)) }
}
