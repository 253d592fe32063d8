import { InvalidOptionError } from '@polyswarm/participants/ambassador'
import type { Subcommand } from '@polyswarm/participants/programs'
import { textTable, wholeNumber } from '@polyswarm/participants/programs'
import { formatNct, parseBaseUnits, visibleText } from '@polyswarm/protocol'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ConsumerStore } from '../store/consumer-store.js'
import { databaseOption, dataOption } from './data-option.js'

interface LimitFlags {
  data: string
  database?: string
  budget?: bigint | null
  submissionsPerHour?: number | null
}

const ACTIONS = ['add', 'list', 'limit', 'revoke'] as const

/** `consumer accounts`: who may ask a service, how often, and for how much. What it writes holds from the next request on. */
export function accountsCommand(): Subcommand {
  const command = new Command('accounts')
    .description('Accounts of a consumer service: add one with a key, list them, change limits, revoke a key.')
    .argument('<action>', ACTIONS.join(', '))
    .argument('[name]', 'of the account; for revoke the id of the key')
    .addOption(dataOption())
    .addOption(databaseOption())
    .addOption(new Option('--budget <units>', 'most that it may ever spend, in base units, or none').argParser(budget))
    .addOption(new Option('--submissions-per-hour <count>', 'most that it may submit, or none').argParser(perHour))
  return {
    command,
    action: async () => {
      const [action = '', name] = command.args
      await withStore(command.opts<LimitFlags>(), (store) => run(store, action, name, command.opts<LimitFlags>()))
    },
  }
}

async function run(store: ConsumerStore, action: string, name: string | undefined, flags: LimitFlags): Promise<void> {
  if (!ACTIONS.some((each) => each === action)) {
    throw new InvalidOptionError({ option: 'action', reason: `choose from ${ACTIONS.join(', ')}` })
  }
  if (action === 'list') await list(store)
  else if (name === undefined || !/^[\w.@-]{1,64}$/.test(name)) {
    throw new InvalidOptionError({ option: 'name', reason: 'give letters, digits, and . _ @ -, 64 at most' })
  } else if (action === 'add') await add(store, name, flags)
  else if (action === 'limit') await limit(store, name, flags)
  else await store.write(() => store.accounts.revoke(name, Date.now()))
}

async function add(
  store: ConsumerStore,
  name: string,
  { budget = null, submissionsPerHour = null }: LimitFlags,
): Promise<void> {
  const { id, key } = await store.write(async () => {
    const account = await store.accounts.named(name, { budget, submissionsPerHour }, Date.now())
    return store.accounts.addKey(account.id, Date.now())
  })
  process.stderr.write(`Key ${id} for ${name}; it is shown this once:\n`)
  process.stdout.write(`${key}\n`)
}

async function limit(store: ConsumerStore, name: string, { budget, submissionsPerHour }: LimitFlags): Promise<void> {
  const limits = {
    ...(budget !== undefined && { budget }),
    ...(submissionsPerHour !== undefined && { submissionsPerHour }),
  }
  await store.write(() => store.accounts.limit(name, limits))
}

async function list(store: ConsumerStore): Promise<void> {
  const keys = await store.accounts.keys()
  const rows = (await store.accounts.list()).map(({ name, budget, spent, submissionsPerHour }) => [
    visibleText(name),
    formatNct(spent),
    budget === null ? 'no limit' : formatNct(budget),
    submissionsPerHour === null ? 'no limit' : String(submissionsPerHour),
    keys
      .filter(({ account, revoked }) => account === name && revoked === null)
      .map(({ id }) => id)
      .join(' '),
  ])
  process.stdout.write(textTable(['account', 'spent', 'budget', 'an hour', 'keys'], rows))
}

async function withStore(flags: LimitFlags, work: (store: ConsumerStore) => Promise<void>): Promise<void> {
  const store = await ConsumerStore.open(flags.data, flags.database)
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

function budget(text: string): bigint | null {
  if (text === 'none') return null
  try {
    return parseBaseUnits(text)
  } catch {
    throw new InvalidArgumentError('Give base units as digits, or none.')
  }
}

function perHour(text: string): number | null {
  return text === 'none' ? null : wholeNumber(text)
}
