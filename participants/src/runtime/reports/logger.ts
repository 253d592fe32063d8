import { parseJson, stringifyJson, visibleText } from '@polyswarm/protocol'
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { InvalidOptionError } from '../../errors.js'

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
  const lineOf = format === 'json' ? shown : textOf
  const together = linesTogether(destination)
  const stream = { write: (line: string) => together(lineOf(line)) }
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

/** Lines that wait for the end of their turn, each with where they go. */
const waiting = new Map<DestinationStream, string>()

/** Has what was logged in one turn of the event loop written with one call, and before the program ends. */
function linesTogether(destination: DestinationStream): (line: string) => void {
  return (line) => {
    if (waiting.size === 0) {
      setImmediate(writeWaiting)
      process.once('exit', writeWaiting)
    }
    waiting.set(destination, (waiting.get(destination) ?? '') + line)
  }
}

function writeWaiting(): void {
  process.off('exit', writeWaiting)
  const lines = [...waiting]
  waiting.clear()
  for (const [destination, text] of lines) destination.write(text)
}

/** Strangers wrote parts of it: nothing of it is to move a cursor, turn text round or fake a line. */
function shown(line: string): string {
  return `${visibleText(line.trimEnd())}\n`
}

/** The same entry for people: level, time, message, then the rest as key=value. */
function textOf(line: string): string {
  const { level, time, msg, ...rest } = parseJson(line) as Record<string, unknown>
  const details = Object.entries(rest).map(([key, value]) => `${key}=${valueText(value)}`)
  return shown([String(level).toUpperCase().padEnd(5), String(time), String(msg), ...details].join(' '))
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : stringifyJson(value)
  return /[\s"]/.test(text) ? stringifyJson(text) : text
}
