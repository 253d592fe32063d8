/**
 * The server of the page: the page's files, and the servers behind it, on one origin.
 *
 * @packageDocumentation
 */
export { type GuardedServer, PageServer, type PageServerOptions, type PathHandler } from './page-server.js'
export type { PageSettings } from './page-settings.js'
