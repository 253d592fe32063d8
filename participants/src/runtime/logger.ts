import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { InvalidOptionError } from '../errors.js'

/** How a program tells what it does. */
export interface LogOptions {
  /** trace, debug, info, warn, error, fatal or silent; upper case and Python's WARNING and CRITICAL are understood. */
  level: string
  format: 'text' | 'json'
}

const SYNONYMS: Record<string, string> = { warning: 'warn', critical: 'fatal', notset: 'trace' }

/**
 * Makes a program's log: one line per entry, JSON or text, on a stream of lines.
 *
 * @throws InvalidOptionError for a level that does not exist.
 */
export function createLogger({ level, format }: LogOptions, destination: DestinationStream): Logger {
  const wanted = level.toLowerCase()
  const name = SYNONYMS[wanted] ?? wanted
  if (name !== 'silent' && pino.levels.values[name] === undefined) {
    throw new InvalidOptionError({ option: '--log', reason: `there is no level ${level}` })
  }
  const stream = format === 'json' ? destination : { write: (line: string) => destination.write(textOf(line)) }
  return pino(
    {
      level: name,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['password', 'apiKey', 'privateKey', 'event.data.nonce'],
    },
    stream,
  )
}

/** The same entry for people: level, time, message, then the rest as key=value. */
function textOf(line: string): string {
  const { level, time, msg, ...rest } = JSON.parse(line) as Record<string, unknown>
  const details = Object.entries(rest).map(([key, value]) => `${key}=${valueText(value)}`)
  return `${[String(level).toUpperCase().padEnd(5), String(time), visible(String(msg)), ...details].join(' ')}\n`
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[\s"]/.test(text) ? JSON.stringify(text) : visible(text)
}

/** Texts of strangers must not move the cursor or fake a line. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
