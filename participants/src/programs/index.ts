/**
 * What a program is made of that takes part in a market: its options, its log, and how it starts and ends.
 *
 * @packageDocumentation
 */
export { createLogger } from '../runtime/reports/logger.js'
export { gatewayOf } from './gateway-of.js'
export { addParticipantOptions, listOption, option, type ParticipantFlags, wholeNumber } from './participant-options.js'
export {
  addPostingOptions,
  atLeastOne,
  baseUnitsArgument,
  type PostingFlags,
  postingOptionsOf,
} from './posting-options.js'
export { runProgram, type Subcommand } from './program.js'
export { runParticipant } from './run-participant.js'
export { textTable } from './text-table.js'
