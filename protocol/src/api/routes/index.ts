/**
 * The routes of polyswarmd, each defined once: method, path, query, body, answer, summary.
 *
 * @packageDocumentation
 */
export {
  bountiesAsked,
  MAX_ASKED_BOUNTIES,
  OFFER_PROOF,
  type Parameter,
  type ParameterRefusal,
  WHOLE_NUMBER,
} from './parameter.js'
export { type PathVariables, pathOf, type Route, type RouteAnswer, type RouteResult } from './route.js'
export { routes } from './routes.js'
