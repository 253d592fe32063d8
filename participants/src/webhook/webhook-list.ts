import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { WebhookListError } from '../errors.js'
import { checkWebhookUrl } from './webhook-caller.js'

/** A webhook that takes part with an account of its own. */
export interface ListedWebhook {
  /** Tells it from the others in the log, the metrics, and the names of its files. */
  name: string
  url: string
  /** File with the secret that is shared with it. */
  secretFile: string
  keyfile: string
  /** File with the password of the keyfile; that of the program by default. */
  passwordFile?: string | undefined
}

const MOST = 1_000
const file = z.string().min(1).max(4_096)
const shape = z
  .array(
    z.strictObject({
      name: z.string().regex(/^[\w-]{1,60}$/, 'a name has 1 to 60 letters, digits, - and _'),
      url: z.string(),
      secretFile: file,
      keyfile: file,
      passwordFile: file.optional(),
    }),
  )
  .min(1)
  .max(MOST)

/**
 * Reads the webhooks that one engine program calls: a JSON array, whose files are named from where it is.
 *
 * @throws WebhookListError where it cannot be read, is something else, or two of them have the same name or account.
 */
export async function readWebhookList(path: string): Promise<ListedWebhook[]> {
  const fail = (reason: string, cause?: unknown) => new WebhookListError({ path, reason, cause })
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw fail(cause.message, cause)
  })
  const { data, error } = shape.safeParse(jsonOf(text))
  if (!data) {
    const [issue] = error.issues
    throw fail(`${issue?.path.join('.') || 'the list'}: ${issue?.message}`)
  }
  const at = (name: string): string => resolve(dirname(path), name)
  const listed = data.map(({ secretFile, keyfile, passwordFile, ...rest }) => ({
    ...rest,
    secretFile: at(secretFile),
    keyfile: at(keyfile),
    ...(passwordFile !== undefined && { passwordFile: at(passwordFile) }),
  }))
  for (const key of ['name', 'keyfile'] as const) {
    const values = listed.map((each) => each[key])
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined) throw fail(`${key} ${twice} is there twice`)
  }
  for (const { url } of listed) checkWebhookUrl(url)
  return listed
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
