import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import type { QueueKey } from './queue-key.js'

/** What a message is; an answer must not pass for a job. */
export type MessageKind = 'job' | 'answer'

const CIPHER = 'aes-256-gcm'
const NONCE = 12
const TAG = 16
/** Characters; jobs and answers are far below. */
const MOST = 256 * 1024

/** Encrypts and authenticates a message that belongs to one job, each with a key of its own. */
export function seal(key: QueueKey, kind: MessageKind, job: string, value: unknown): string {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv(CIPHER, key.derive(kind, job), nonce)
  const text = Buffer.concat([cipher.update(stringifyJson(value), 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}

/** @returns what was sealed for this kind and this job with this key; undefined for anything else. Never throws. */
export function unseal(key: QueueKey, kind: MessageKind, job: string, sealed: unknown): unknown {
  if (typeof sealed !== 'string' || sealed.length > MOST) return undefined
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length < NONCE + TAG) return undefined
  try {
    const decipher = createDecipheriv(CIPHER, key.derive(kind, job), bytes.subarray(0, NONCE), { authTagLength: TAG })
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()])
    return parseJson(text.toString('utf8'))
  } catch {
    return undefined
  }
}
