import { readFile } from 'node:fs/promises'
import { InvalidOptionError } from '../errors.js'

/** Where the password of a keystore may come from, in order of precedence. */
export interface PasswordSources {
  password?: string | undefined
  passwordFile?: string | undefined
  /** The terminal to ask at, where there is one. */
  terminal?: { input: NodeJS.ReadStream; output: NodeJS.WriteStream } | undefined
}

/**
 * Finds the password: given, in a file (without its final newline), or typed at the terminal without echo.
 *
 * @throws InvalidOptionError where there is none of them.
 */
export async function findPassword({ password, passwordFile, terminal }: PasswordSources): Promise<string> {
  if (password !== undefined) return password
  if (passwordFile !== undefined) {
    const text = await readFile(passwordFile, 'utf8').catch((error: Error) => {
      throw new InvalidOptionError({ option: '--password-file', reason: error.message })
    })
    return text.replace(/\r?\n$/, '')
  }
  if (terminal?.input.isTTY) return ask(terminal.input, terminal.output)
  throw new InvalidOptionError({
    option: '--password',
    reason: 'the keystore needs a password: give --password-file FILE, PASSWORD in the environment, or a terminal',
  })
}

function ask(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  output.write('Password: ')
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
