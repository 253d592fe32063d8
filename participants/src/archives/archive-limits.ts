/** How far an archive is opened. */
export interface ArchiveLimits {
  /** Archives within archives. */
  maxDepth: number
  /** Members of all archives together. */
  maxMembers: number
  /** Headers of all archives together: those of members, and of directories, links, long names and other things besides. */
  maxHeaders: number
  /** Bytes of all members together, unpacked. */
  maxBytes: number
  /** Unpacked bytes for each packed byte, once there are more than 8 MiB of them. */
  maxRatio: number
}

/** What is opened unless told otherwise. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  maxDepth: 4,
  maxMembers: 2_000,
  maxHeaders: 10_000,
  maxBytes: 256 * 1024 * 1024,
  maxRatio: 200,
}
