import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import type { YaraBuild } from './yara-scanner.js'

/** What the yara backend can be told. */
export interface YaraSettings {
  /** Directory of YARA rules; those that come with this package by default. */
  rules?: string | undefined
  /** Which YARA-X scans. */
  yara?: YaraBuild | undefined
}

export const yara: ShippedBackend<YaraSettings> = {
  name: 'yara',
  looksWith: 'a directory of YARA rules, read again when it changes; archives are opened',
  knowsEicar: true,
  options: {
    rules: {
      flags: '--rules <directory>',
      description: 'YARA rules for the yara backend; its own by default',
      variable: 'RULES_DIR',
    },
    yara: {
      flags: '--yara <build>',
      description: 'YARA-X as WebAssembly (wasm), or the native one where there is one (auto)',
      variable: 'YARA_BUILD',
      choices: ['auto', 'wasm'],
      standard: 'auto',
    },
  },
  make: async ({ rules, yara: build }, { inform, warn }) => {
    const { YaraBackend } = await import('./yara-backend.js')
    return new YaraBackend(rules, { build, inform, warn })
  },
}
