import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import type { DefinedOption } from '../analysis/defined-option.js'
import type { BackendTools, ShippedBackend } from '../analysis/shipped-backend.js'
import { type ClamavSettings, clamav } from './clamav/clamav.js'
import { type CommandSettings, command } from './command/command.js'
import { contrarian } from './contrarian/contrarian-backend.js'
import { eicar } from './eicar/eicar-backend.js'
import { entropy } from './entropy/entropy-backend.js'
import { type HttpSettings, http } from './http/http.js'
import { multi } from './multi/multi.js'
import { scratch } from './scratch/scratch-backend.js'
import { url } from './url/url-backend.js'
import { type WebhookSettings, webhook } from './webhook/webhook.js'
import { type YaraSettings, yara } from './yara/yara.js'

/** What all shipped backends together can be told. */
export type ShippedSettings = ClamavSettings & YaraSettings & CommandSettings & HttpSettings & WebhookSettings

/** One of the backends below: it takes what it knows of all settings. */
export interface ListedBackend extends Omit<ShippedBackend, 'options' | 'make'> {
  readonly options: Readonly<Record<string, DefinedOption>>
  make(settings: ShippedSettings, tools: BackendTools): AnalysisBackend | Promise<AnalysisBackend>
}

/**
 * All backends that come with this package. Flags, environment variables, help, the table in docs/participants.md and the run
 * of the rules that backends keep follow from this list.
 */
export const SHIPPED_BACKENDS: readonly ListedBackend[] = [
  scratch,
  eicar,
  clamav,
  yara,
  command,
  http,
  webhook,
  entropy,
  url,
  multi,
  contrarian,
]
