import { InvalidOptionError } from '../../errors.js'
import { loadBackend } from '../../microengine/load-backend.js'
import { PanelTruth } from '../panel-truth.js'
import type { SourceDefinition } from './source-definition.js'

/** The options of the panel. */
export interface PanelFlags {
  panel: string[]
  panelTrusted: string[]
  panelWeights: string[]
  panelQuorum: number
  panelMajority: number
}

export const panel: SourceDefinition<PanelFlags> = {
  name: 'panel',
  knows: 'what several analysis backends agree on, by a rule: those that are trusted, weights, how many must answer',
  options: [
    {
      flags: '--panel <backend...>',
      description: 'the analysis backends of the panel: names, or .ts or .js files',
      variable: 'ARBITER_PANEL',
      standard: [],
    },
    {
      flags: '--panel-trusted <backend...>',
      description: 'those whose word counts alone, where they do not contradict each other',
      variable: 'ARBITER_PANEL_TRUSTED',
      standard: [],
    },
    {
      flags: '--panel-weights <backend=weight...>',
      description: 'what the others weigh; 1 unless given',
      variable: 'ARBITER_PANEL_WEIGHTS',
      standard: [],
    },
    {
      flags: '--panel-quorum <share>',
      description: 'share of the weights that must say malicious or benign',
      variable: 'ARBITER_PANEL_QUORUM',
      standard: 0.5,
      read: shareFrom(0, '--panel-quorum'),
    },
    {
      flags: '--panel-majority <share>',
      description: 'more than this share of those must say the same',
      variable: 'ARBITER_PANEL_MAJORITY',
      standard: 0.5,
      read: shareFrom(0.5, '--panel-majority'),
    },
  ],
  make: async ({ panel: names, panelTrusted, panelWeights, panelQuorum, panelMajority }, { backends, timeLimit }) => {
    if (names.length === 0)
      throw new InvalidOptionError({ option: '--panel', reason: 'name the backends of the panel' })
    const made = []
    for (const name of names) made.push(await loadBackend(name, backends))
    const known = new Set(made.map(({ name }) => name))
    const weights = Object.fromEntries(panelWeights.map(weightFrom))
    for (const [option, named] of [
      ['--panel-trusted', panelTrusted],
      ['--panel-weights', Object.keys(weights)],
    ] as const) {
      const stranger = named.find((name) => !known.has(name))
      if (stranger !== undefined) {
        throw new InvalidOptionError({ option, reason: `${stranger} is not in the panel (${[...known].join(', ')})` })
      }
    }
    const rules = { trusted: panelTrusted, weights, quorum: panelQuorum, majority: panelMajority }
    return new PanelTruth(made, rules, timeLimit)
  },
}

function weightFrom(text: string): [string, number] {
  const [, name, weight] = /^(.+)=(\d{1,6}(?:\.\d{1,6})?)$/.exec(text) ?? []
  if (name === undefined || weight === undefined || Number(weight) === 0) {
    throw new InvalidOptionError({ option: '--panel-weights', reason: `"${text}" is not like clamav=2` })
  }
  return [name, Number(weight)]
}

function shareFrom(least: number, option: string) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least && value <= 1)) {
      throw new InvalidOptionError({ option, reason: `give a number from ${least} to 1` })
    }
    return value
  }
}
