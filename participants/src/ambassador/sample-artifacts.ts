import type { Verdict } from '@polyswarm/protocol'
import { eicarTestFile } from '../artifacts/eicar.js'

/** A file of known truth, to try a market with. */
export interface SampleArtifact {
  name: string
  content: Uint8Array
  truth: Verdict
}

/** A bounty of samples. */
export interface SampleBounty {
  name: 'eicar' | 'harmless' | 'mixed'
  artifacts: SampleArtifact[]
}

/**
 * The three bounties of the sample market: the EICAR test file, a harmless text, and several files at once. The same bytes
 * each time. An arbiter needs to know their truth: see `TruthDatabase.add`.
 */
export function sampleBounties(): SampleBounty[] {
  const eicar = eicarTestFile()
  const page = text('<!doctype html>\n<title>Opening hours</title>\n<p>Open from 9 to 5, except on Mondays.</p>\n')
  const archive = Buffer.concat([text('backup of last week\n'), eicar, text('\nend of backup\n')])
  return [
    { name: 'eicar', artifacts: [{ name: 'eicar.com', content: eicar, truth: 'malicious' }] },
    {
      name: 'harmless',
      artifacts: [
        { name: 'letter.txt', content: text('Nothing to see here, just a friendly letter.\n'), truth: 'benign' },
      ],
    },
    {
      name: 'mixed',
      artifacts: [
        { name: 'notes.md', content: text('# Notes\n\n- buy milk\n- water the plants\n'), truth: 'benign' },
        { name: 'backup.bin', content: new Uint8Array(archive), truth: 'malicious' },
        { name: 'hours.html', content: page, truth: 'benign' },
        { name: 'settings.json', content: text('{"volume":3,"theme":"dark"}\n'), truth: 'benign' },
      ],
    },
  ]
}

function text(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content))
}
