/** An option of a program, as its command line has it. */
interface DescribedOption {
  flags: string
  description: string
  variable?: string
  choices?: string[]
  default?: unknown
}

/** A program, or a command of one. */
export interface DescribedCommand {
  /** The words that it is called by. */
  path: string
  arguments: { name: string; description: string }[]
  description: string
  options: DescribedOption[]
  commands: DescribedCommand[]
}

const cell = (text: string) =>
  text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ')
const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``

/** Prose as the documents have it, in lines of at most 120 columns. */
const wrapped = (text: string) => text.replaceAll(/(?=\S.{119,})(.{1,120})(?: |$)/g, '$1\n').trimEnd()

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`)
}

/** A default as a person would write it; empty where there is none, or it says nothing. */
function shownDefault({ default: value }: DescribedOption): string {
  if (value === undefined || value === false || value === '' || (Array.isArray(value) && value.length === 0)) return ''
  return code(Array.isArray(value) ? value.join(' ') : String(value))
}

function section(command: DescribedCommand): string[] {
  const { path, arguments: args, description, options, commands } = command
  const names = args.map(({ name }) => name)
  const usage = [
    path,
    ...(options.length > 0 ? ['[options]'] : []),
    ...names,
    ...(commands.length > 0 ? ['[command]'] : []),
  ]
  const rows = options.map((option) => [
    code(option.flags),
    option.variable === undefined ? '' : code(option.variable),
    shownDefault(option),
    cell(option.description) + (option.choices ? ` (${option.choices.map(code).join(', ')})` : ''),
  ])
  const argumentRows = args.filter((argument) => argument.description !== '')
  return [
    `${'#'.repeat(Math.min(path.split(' ').length + 1, 4))} ${path}`,
    '',
    wrapped(cell(description)),
    '',
    `    ${usage.join(' ')}`,
    '',
    ...(argumentRows.length > 0
      ? [
          ...table(
            ['argument', 'meaning'],
            argumentRows.map((argument) => [code(argument.name), cell(argument.description)]),
          ),
          '',
        ]
      : []),
    ...(rows.length > 0 ? [...table(['option', 'variable', 'default', 'meaning'], rows), ''] : []),
    ...commands.flatMap(section),
  ]
}

/** The page with every program, command and option. */
export function commandsPage(programs: readonly DescribedCommand[]): string {
  return [
    '# Commands',
    '',
    'Every program, with its commands and options. This page is made from the programs themselves; each says the same',
    'with `--help`. Options come from the command line, else from the variable in the environment, else they have the',
    'default. Ends with 0 (done), 1 (wrong) or 75 (try again later) where a page about the program says nothing else.',
    '',
    ...programs.flatMap(section),
  ].join('\n')
}

/** The page with every variable of the environment, and who reads it. */
export function settingsPage(programs: readonly DescribedCommand[]): string {
  const all = (command: DescribedCommand): DescribedCommand[] => [command, ...command.commands.flatMap(all)]
  const uses = programs.flatMap(all).flatMap(({ path, options }) =>
    options.flatMap(({ variable, flags }) => {
      const flag = /--[\w-]+/.exec(flags)?.[0] ?? flags
      return variable === undefined ? [] : [{ variable, flag, path }]
    }),
  )
  const variables = [...Map.groupBy(uses, ({ variable }) => variable)].sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = variables.map(([variable, of]) => [
    code(variable),
    [...new Set(of.map(({ flag }) => code(flag)))].join(', '),
    [...new Set(of.map(({ path }) => path))].join(', '),
  ])
  return [
    '# Settings',
    '',
    'Every variable of the environment that a program reads, and the option that it stands for. What the option means is',
    'under [commands](commands.md). The command line comes first. An option that has no value is given where its variable',
    'is `true`, `yes`, `on` or `1`, is not given where it is `false`, `no`, `off`, `0` or empty, and anything else is',
    'refused. This page is made from the programs.',
    '',
    ...table(['variable', 'option', 'read by'], rows),
    '',
  ].join('\n')
}
