import { PolySwarmError } from '@polyswarm/protocol'

/** A backend cannot be found, loaded or started. */
export class BackendError extends PolySwarmError {
  readonly code = 'BACKEND'

  constructor({ backend, reason, cause }: { backend: string; reason: string; cause?: unknown }) {
    super(`Backend ${backend} cannot be used: ${reason}.`, { cause })
  }
}

/** clamd cannot be reached, or answers with an error. Its answer then counts for nothing; never as benign. */
export class ClamdError extends PolySwarmError {
  readonly code = 'CLAMD'
  override readonly retryable = true

  constructor({ address, reason, cause }: { address: string; reason: string; cause?: unknown }) {
    super(`clamd at ${address} gave no verdict: ${reason}. Check that it runs and what its log says.`, { cause })
  }
}

/** A backend gave no verdict on an artifact. Its finding is an abstention; never benign. */
export class AnalysisError extends PolySwarmError {
  readonly code = 'ANALYSIS'

  constructor({ backend, reason, cause }: { backend: string; reason: string; cause?: unknown }) {
    super(`Backend ${backend} gave no verdict: ${reason}.`, { cause })
  }
}

/** A process that scans with YARA rules has ended, or answered what it was not asked. It costs the answer about one artifact. */
export class YaraProcessError extends PolySwarmError {
  readonly code = 'YARA_PROCESS'

  constructor({ reason }: { reason: string }) {
    super(
      `The process that scans with YARA rules gave no answer: ${reason}. The artifact may have been made to break it.`,
    )
  }
}

/** An archive would unpack to more than is allowed. For an engine that is a finding, not a failure. */
export class ArchiveBombError extends PolySwarmError {
  readonly code = 'ARCHIVE_BOMB'
  override readonly status = 413

  constructor({ limit }: { limit: string }) {
    super(`The archive has more ${limit} than are opened: it may be a bomb. It was not opened further.`)
  }
}

/** What looks into artifacts was ended by one of them. It costs the answer about that one; the next gets a new examiner. */
export class ExaminerError extends PolySwarmError {
  readonly code = 'EXAMINER'

  constructor({ reason }: { reason: string }) {
    super(`The examiner gave no answer about an artifact: ${reason}. The artifact may have been made to break it.`)
  }
}

/** There is nothing to scan where a scan was told to look. */
export class ScanTargetError extends PolySwarmError {
  readonly code = 'SCAN_TARGET'

  constructor({ target, reason, cause }: { target: string; reason: string; cause?: unknown }) {
    super(`Cannot scan ${target.slice(0, 300)}: ${reason}. Nothing was scanned.`, { cause })
  }
}

/** A backend breaks rules that every backend keeps. */
export class CheckFailedError extends PolySwarmError {
  readonly code = 'CHECK_FAILED'

  constructor({ problems }: { problems: readonly string[] }) {
    const broken =
      problems.length === 1 ? 'A rule for backends is broken' : `${problems.length} rules for backends are broken`
    super(`${broken}: ${problems.join('; ').slice(0, 1_000).replace(/\.$/, '')}.`)
  }
}
