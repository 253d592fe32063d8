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

/** Where a service keeps what it knows, unless told otherwise. */
function defaultServiceData(): string {
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'polyswarm', 'consumer')
}
