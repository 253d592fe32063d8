import { formatNct, parseBaseUnits } from '@polyswarm/protocol/amount'
import type { Account, Engine } from '@polyswarm/protocol/consumer'
import type { Answered } from '../scan/scan-artifact.js'
import { answerText, type TextStyle } from './answer-text.js'
import { cell } from './cell.js'
import { conclusionOf } from './conclusion.js'
import type { Shape } from './report.js'

/** Submissions, whether asked for now or found. */
export function answerShape(style: TextStyle): Shape<Answered> {
  return {
    text: (answered) => answerText(answered, style),
    json: ({ target, instance, known }) => ({ target, known, conclusion: conclusionOf(instance).outcome, ...instance }),
    csv: {
      header: [
        'target',
        'conclusion',
        'because',
        'polyscore',
        'malicious',
        'total',
        'truth',
        'family',
        'known',
        'state',
        'id',
        'created',
        'sha256',
        'sha1',
        'md5',
      ],
      row: ({ target, instance, known }) => {
        const { polyscore, detections, truth, families, state, id, created, sha256, sha1, md5 } = instance
        const { outcome, because } = conclusionOf(instance)
        const voted = truth === null ? '' : truth ? 'malicious' : 'benign'
        const numbers = [polyscore, detections?.malicious, detections?.total].map((value) => String(value ?? ''))
        const hashes = [sha256, sha1, md5].map((value) => value ?? '')
        return [
          target,
          outcome,
          because,
          ...numbers,
          voted,
          families?.name ?? '',
          String(known),
          state,
          id,
          created,
          ...hashes,
        ]
      },
    },
    hash: ({ instance }, kind) => instance[kind],
  }
}

/** Engines and arbiters with their records. */
export const engineShape: Shape<Engine> = {
  heading: `${cell('name', 24)} ${cell('kind', 12)} ${cell('judges', 10)} right on malicious, on benign\n`,
  text: ({ name, accountNumber, engineType, artifactTypes, record }) => {
    const { true_positives: hits, false_negatives: misses, true_negatives: passes, false_positives: alarms } = record
    const share = (right: number, wrong: number): string => `${right} of ${right + wrong}`
    const kinds = `${cell(engineType, 12)} ${cell(artifactTypes.join(', '), 10)}`
    return `${cell(name || accountNumber, 24)} ${kinds} ${cell(share(hits, misses), 18)} ${share(passes, alarms)}\n`
  },
  json: (engine) => engine,
  csv: {
    header: [
      'name',
      'account',
      'kind',
      'status',
      'artifact_types',
      'true_positives',
      'false_negatives',
      'true_negatives',
      'false_positives',
    ],
    row: ({ name, accountNumber, engineType, status, artifactTypes, record }) => [
      name,
      accountNumber,
      engineType,
      status,
      artifactTypes.join(' '),
      ...[record.true_positives, record.false_negatives, record.true_negatives, record.false_positives].map(String),
    ],
  },
}

/** Submissions that are gone. */
export const deletedShape: Shape<{ id: string; deleted: true }> = {
  text: ({ id }) => `${id} is deleted\n`,
  json: (deleted) => deleted,
  csv: { header: ['id', 'deleted'], row: ({ id }) => [id, 'true'] },
}

/** What an account may use and has used. */
export const accountShape: Shape<Account & { communities: string[] }> = {
  text: ({ account_name, account_number, account_type, communities, submissions, budget, price }) => {
    const { limit, used, resets_in } = submissions
    const line = (label: string, text: string): string => `${cell(label, 12)}  ${cell(text, 66).trimEnd()}\n`
    return [
      line('account', `${account_name} (${account_number}, ${account_type})`),
      line('communities', communities.join(', ')),
      line(
        'submissions',
        limit === null ? `${used} in the last hour` : `${used} of ${limit} an hour, again in ${resets_in} s`,
      ),
      line('budget', budget ? `${nct(budget.left)} of ${nct(budget.limit)} NCT left` : 'no limit of its own'),
      line('price', `${nct(price)} NCT for a file`),
    ].join('')
  },
  json: (account) => account,
  csv: {
    header: [
      'account_name',
      'account_number',
      'submissions_used',
      'submissions_limit',
      'budget_left',
      'budget_limit',
      'price',
    ],
    row: ({ account_name, account_number, submissions, budget, price }) => [
      account_name,
      account_number,
      String(submissions.used),
      String(submissions.limit ?? ''),
      budget?.left ?? '',
      budget?.limit ?? '',
      price,
    ],
  },
}

function nct(units: string): string {
  return formatNct(parseBaseUnits(units))
}
