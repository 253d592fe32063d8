import type { Unseen } from '../findings/unseen.js'

/** One thing in an archive: its bytes, or why they cannot be had. */
export type ArchiveMember = { path: string } & (
  | { content: Uint8Array; unreadable?: undefined; unseen?: undefined }
  | { content?: undefined; unreadable: string; unseen: Unseen }
)
