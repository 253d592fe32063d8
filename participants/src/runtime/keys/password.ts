import { readFile } from 'node:fs/promises'
import { InvalidOptionError } from '../../errors.js'

/** A terminal that can be asked. */
export interface Terminal {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
}

/** Where the password of a keystore may come from, in order of precedence. */
export interface PasswordSources {
  password?: string | undefined
  passwordFile?: string | undefined
  /** The terminal to ask at, where there is one. */
  terminal?: Terminal | undefined
  /** The flag that gives it, where it is not `--password`; `-file` is added for the file. */
  flag?: string
}

/**
 * Finds the password: given, in a file (without its final newline), or typed at the terminal without echo.
 *
 * @throws InvalidOptionError where there is none of them.
 */
export async function findPassword(sources: PasswordSources): Promise<string> {
  const { terminal, flag = '--password' } = sources
  const given = await givenPassword(sources)
  if (given !== undefined) return given
  if (terminal?.input.isTTY) return askSecret(terminal, flag === '--password' ? 'Password' : 'New password')
  throw new InvalidOptionError({
    option: flag,
    reason: `the keystore needs a password: give ${flag}-file FILE, ${variableOf(flag)} in the environment, or a terminal`,
  })
}

/**
 * As {@link findPassword}, for a password that a new keystore gets: at a terminal it is asked for twice, and none may be
 * empty.
 *
 * @throws InvalidOptionError where there is none, it is empty, or the two are not the same.
 */
export async function findNewPassword(sources: PasswordSources): Promise<string> {
  const { terminal, flag = '--password' } = sources
  const given = await givenPassword(sources)
  const password = given ?? (await findPassword(sources))
  if (password === '') throw new InvalidOptionError({ option: flag, reason: 'an empty password protects nothing' })
  if (given !== undefined || !terminal) return password
  if ((await askSecret(terminal, 'Once more')) === password) return password
  throw new InvalidOptionError({ option: flag, reason: 'the two are not the same' })
}

/**
 * Asks for a line that is not shown while it is typed.
 *
 * @throws InvalidOptionError where it is cancelled.
 */
export function askSecret({ input, output }: Terminal, question: string): Promise<string> {
  output.write(`${question}: `)
  input.setRawMode(true)
  input.setEncoding('utf8').resume()
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let typed = ''
  const onData = (text: string): void => {
    for (const character of text) {
      if (character === '\r' || character === '\n') resolve(typed)
      else if (character === '\u0003') reject(new InvalidOptionError({ option: '--password', reason: 'cancelled' }))
      else if (character === '\u007f') typed = typed.slice(0, -1)
      else typed += character
    }
  }
  input.on('data', onData)
  return promise.finally(() => {
    input.off('data', onData)
    input.setRawMode(false)
    input.pause()
    output.write('\n')
  })
}

async function givenPassword({ password, passwordFile, flag = '--password' }: PasswordSources) {
  if (password !== undefined || passwordFile === undefined) return password
  const text = await readFile(passwordFile, 'utf8').catch((error: Error) => {
    throw new InvalidOptionError({ option: `${flag}-file`, reason: error.message })
  })
  return text.replace(/\r?\n$/, '')
}

function variableOf(flag: string): string {
  return flag.replace(/^--/, '').replaceAll('-', '_').toUpperCase()
}
