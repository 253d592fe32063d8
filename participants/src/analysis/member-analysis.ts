import { ARCHIVE_LIMITS } from '../archives/archive-limits.js'
import { passwordsFor } from '../archives/passwords.js'
import { acquittal } from '../distillation/acquittal.js'
import { ArchiveBombError, ExaminerError } from '../errors.js'
import { openArchive } from '../examiner/open-archive.js'
import { checkFinding, type Finding, suspicious, unknown } from '../findings/finding.js'
import type { AnalysisBackend, AnalysisRequest } from './analysis-backend.js'

/**
 * Has a backend look at an artifact and, where it holds other files and the backend wants that, at all that is in it. One
 * malicious member convicts the whole. It is benign only if everything in it could be read and is; an archive that would
 * burst the limits is suspicious.
 */
export async function analyzeWithMembers<Request extends AnalysisRequest>(
  backend: AnalysisBackend<Request>,
  request: Request,
): Promise<Finding> {
  const { content, metadata, signal } = request
  const whole = checkFinding(await backend.analyze(request))
  if (!backend.wantsMembers || whole.outcome === 'malicious') return whole
  const findings: Finding[] = [whole]
  let unread: Finding | undefined
  try {
    for await (const member of openArchive(content, ARCHIVE_LIMITS, signal, passwordsFor(metadata))) {
      signal.throwIfAborted()
      if (!member.content) {
        const { path, unreadable, unseen } = member
        unread ??= unknown({ unseen, reason: `not all of it can be read: ${path || 'the archive'}: ${unreadable}` })
        continue
      }
      const finding = checkFinding(await backend.analyze({ ...request, content: member.content }))
      if (finding.outcome === 'malicious') {
        return { ...finding, metadata: { ...finding.metadata, member: member.path.slice(0, 200) } }
      }
      findings.push(finding)
    }
  } catch (error) {
    if (error instanceof ArchiveBombError) {
      return suspicious({ family: 'Archive.Bomb', reason: error.message, unseen: 'limit' })
    }
    if (error instanceof ExaminerError) {
      return unknown({ reason: `it was not opened: ${error.message}`, unseen: 'broken' })
    }
    throw error
  }
  return summaryOf(whole, findings, unread)
}

function summaryOf(whole: Finding, findings: readonly Finding[], unread: Finding | undefined): Finding {
  const all = unread ? [unread, ...findings] : findings
  const worst = ['suspicious', 'abstain', 'unknown'] as const
  const answer = worst.map((outcome) => all.find((finding) => finding.outcome === outcome)).find(Boolean) ?? {
    ...whole,
    confidence: Math.min(...findings.map(({ confidence }) => confidence)),
  }
  return acquittal(answer, all)
}
