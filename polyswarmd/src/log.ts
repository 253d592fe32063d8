import type { Writable } from 'node:stream'
import { parseJson, stringifyJson, visibleText } from '@polyswarm/protocol'
import { type Logger, pino, stdTimeFunctions } from 'pino'
import { SettingError } from './errors.js'

/** Names of levels that the original and other programs use, beside pino's own. */
const LEVELS: Record<string, string> = { warning: 'warn', critical: 'fatal', notset: 'trace' }

/** How a log is written. */
export interface LogSettings {
  /** `debug`, `info`, `warning` …, in any letter case. */
  level: string
  /** One JSON document a line, or a line for people. */
  format: string
}

/**
 * A log on standard output, or on another stream.
 *
 * @throws SettingError for a level or format that does not exist.
 */
export function createLog({ level, format }: LogSettings, output: Writable = process.stdout): Logger {
  const lower = level.toLowerCase()
  const name = LEVELS[lower] ?? lower
  if (name !== 'silent' && !(name in pino.levels.values)) {
    throw new SettingError({
      setting: 'log-level',
      reason: `is "${level}": give debug, info, warning, error or critical`,
    })
  }
  if (format !== 'json' && format !== 'text') {
    throw new SettingError({ setting: 'log-format', reason: `is "${format}": give json or text` })
  }
  const options = { level: name, base: null, timestamp: stdTimeFunctions.isoTime }
  const lineOf = format === 'json' ? shown : textOf
  return pino(options, { write: (line) => output.write(lineOf(line)) })
}

/** Strangers wrote parts of it: nothing of it is to move a cursor, turn text round or fake a line. */
function shown(line: string): string {
  return `${visibleText(line.trimEnd())}\n`
}

/** pino's JSON as `TIME LEVEL message key=value …`. */
function textOf(line: string): string {
  const { time, level, msg, err, ...fields } = parseJson(line) as Record<string, unknown>
  const label = pino.levels.labels[Number(level)]?.toUpperCase().padEnd(5)
  const reason = (err as { message?: string } | undefined)?.message
  const rest = Object.entries({ ...fields, ...(reason ? { reason } : {}) })
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : stringifyJson(value)}`)
    .join('')
  return shown(`${String(time)} ${label} ${String(msg ?? '')}${rest}`)
}
