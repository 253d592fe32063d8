import { homedir } from 'node:os'
import { join } from 'node:path'
import { option } from '@polyswarm/participants/programs'
import type { Option } from 'commander'

/** The folder of a service. */
export function dataOption(): Option {
  return option(
    '--data <directory>',
    "the service's folder: its database and what was submitted",
    'CONSUMER_DATA',
  ).default(defaultServiceData(), 'below the state directory')
}

/** The database of a service that one file is too small for. */
export function databaseOption(): Option {
  return option(
    '--database <url>',
    'PostgreSQL database instead of a file: postgres://user:password@host/name',
    'CONSUMER_DATABASE_URL',
  ).default(undefined, 'an SQLite file in the folder')
}

/** Where a service keeps what it knows, unless told otherwise. */
function defaultServiceData(): string {
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'polyswarm', 'consumer')
}
