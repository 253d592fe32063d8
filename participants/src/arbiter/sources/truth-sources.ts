import { loadBackend } from '../../microengine/load-backend.js'
import { BackendTruth } from '../backend-truth.js'
import { OrderedTruth } from '../ordered-truth.js'
import type { TruthSource } from '../truth-source.js'
import { command } from './command.js'
import { type DatabaseFlags, database } from './database.js'
import { eicar } from './eicar.js'
import { http } from './http.js'
import { manual } from './manual.js'
import { type PanelFlags, panel } from './panel.js'
import { settled } from './settled.js'
import type { SourceDefinition, SourceTools } from './source-definition.js'

/** What all sources together can be told. */
export type SourceFlags = DatabaseFlags & PanelFlags

/** All truth sources there are; options, help and the table in docs/arbiters.md follow from this list. */
export const TRUTH_SOURCES: readonly SourceDefinition<SourceFlags>[] = [
  database,
  manual,
  settled,
  panel,
  command,
  http,
  eicar,
]

/** What the original calls some of them. */
const OTHER_NAMES: Readonly<Record<string, string>> = { verbatim: 'database' }

/**
 * Makes the sources of these names, to be asked in this order. A name that is none of {@link TRUTH_SOURCES} stands for one
 * analysis backend, shipped or in a file.
 *
 * @throws InvalidOptionError or BackendError naming what is wrong.
 */
export async function makeTruth(
  names: readonly string[],
  flags: SourceFlags,
  tools: SourceTools,
): Promise<OrderedTruth> {
  const sources: TruthSource[] = []
  for (const given of names) {
    const name = (Object.hasOwn(OTHER_NAMES, given) && OTHER_NAMES[given]) || given
    const definition = TRUTH_SOURCES.find((source) => source.name === name)
    if (definition) sources.push(await definition.make(flags, tools))
    else sources.push(new BackendTruth(await loadBackend(name, tools.backends), { timeLimit: tools.timeLimit }))
  }
  return new OrderedTruth(sources)
}
