import { Command } from 'commander'
import { CaseBook } from '../arbiter/cases/case-book.js'
import { InvalidOptionError } from '../errors.js'
import { addCaseBookFlags, type CaseBookFlags, caseBookPath } from './arbiter-cases.js'
import { accountOf } from './microengine-journal.js'
import type { Subcommand } from './program.js'
import { textTable } from './text-table.js'

const ACTIONS = ['add', 'list', 'remove'] as const

/** `arbiter reviewer`: who may decide over HTTP. What it writes holds from the next request on. */
export function reviewerCommand(): Subcommand {
  const command = addCaseBookFlags(
    new Command('reviewer')
      .description('People who decide over HTTP: add one with a key, list them, take a key back.')
      .argument('<action>', ACTIONS.join(', '))
      .argument('[name]', 'of the person'),
  )
  return {
    command,
    action: async () => {
      const [action = '', name = ''] = command.args
      if (!ACTIONS.some((each) => each === action)) {
        throw new InvalidOptionError({ option: 'action', reason: `choose from ${ACTIONS.join(', ')}` })
      }
      const flags = command.opts<CaseBookFlags>()
      const isNamed = flags.cases !== undefined || flags.journal !== undefined
      const book = CaseBook.open(caseBookPath(flags, isNamed ? '' : await accountOf(flags.keyfile)))
      try {
        run(book, action, name)
      } finally {
        book.close()
      }
    },
  }
}

function run(book: CaseBook, action: string, name: string): void {
  if (action === 'list') {
    const rows = book.reviewers().map(({ name: who, addedAt }) => [who, new Date(addedAt).toISOString()])
    process.stdout.write(textTable(['reviewer', 'since'], rows))
  } else if (action === 'remove') book.removeReviewer(name)
  else {
    const key = book.addReviewer(name, Date.now())
    process.stderr.write(`Key of ${name}; it is shown this once:\n`)
    process.stdout.write(`${key}\n`)
  }
}
