import type { Accuracy } from '@polyswarm/protocol/consumer'
import { cell } from './cell.js'
import type { Shape } from './report.js'

const COUNTS = ['true_positive', 'false_positive', 'true_negative', 'false_negative', 'unknown', 'total'] as const

/** How right somebody was in a period. */
export const accuracyShape: Shape<Accuracy> = {
  text: (accuracy) => {
    const { engine_id, date_start, date_end, true_positive, false_positive, true_negative, false_negative } = accuracy
    const line = (label: string, text: string): string => `${cell(label, 18)}  ${cell(text, 60).trimEnd()}\n`
    const last = new Date(Date.parse(date_end) - 1)
    const share = (right: number, wrong: number): string =>
      right + wrong === 0 ? 'none' : `${right} of ${right + wrong} right`
    return [
      line('account', engine_id),
      line(
        'days',
        `${date_start.slice(0, 10)} to ${Number.isNaN(last.getTime()) ? '?' : last.toISOString().slice(0, 10)}`,
      ),
      line('malicious', share(true_positive, false_negative)),
      line('benign', share(true_negative, false_positive)),
      line('nobody can tell', String(accuracy.unknown)),
    ].join('')
  },
  json: (accuracy) => accuracy,
  csv: {
    header: ['engine_id', 'date_start', 'date_end', ...COUNTS],
    row: (accuracy) => [
      ...[accuracy.engine_id, accuracy.date_start, accuracy.date_end],
      ...COUNTS.map((count) => String(accuracy[count])),
    ],
  },
}
