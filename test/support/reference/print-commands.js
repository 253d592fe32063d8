/*
 * Prints, as JSON, what the programs' command lines are made of. Nothing of a program runs: where it would read its command
 * line, that is taken. The programs are those that are built.
 */
import { Command } from 'commander'

const PROGRAMS = [
  ['polyswarm-market', 'devnet/dist/market-command.js'],
  ['microengine', 'participants/dist/programs/microengine.js'],
  ['ambassador', 'participants/dist/programs/ambassador.js'],
  ['arbiter', 'participants/dist/programs/arbiter.js'],
  ['keeper', 'participants/dist/programs/keeper.js'],
  ['account', 'participants/dist/programs/account.js'],
  ['balancemanager', 'participants/dist/programs/balancemanager.js'],
  ['verbatimdbgen', 'participants/dist/programs/verbatimdbgen.js'],
  ['liveness', 'participants/dist/programs/liveness.js'],
  ['polyswarmd', 'polyswarmd/dist/daemon-command.js'],
  ['consumer', 'consumer/dist/programs/consumer.js'],
  ['polyswarm', 'polyswarm-cli/dist/main.js'],
]

// What a program loads only where it is asked for belongs here, too.
process.argv.push('--help')
// Each program listens for signals.
process.setMaxListeners(0)

let taken
for (const method of ['parse', 'parseAsync']) {
  Command.prototype[method] = function () {
    taken(this)
    return new Promise(() => undefined)
  }
}

const words = ({ required, variadic }, name) =>
  `${required ? '<' : '['}${name}${variadic ? '…' : ''}${required ? '>' : ']'}`

function describe(command, parents) {
  const path = [...parents, command.name()]
  return {
    path: path.join(' '),
    arguments: command.registeredArguments.map((argument) => ({
      name: words(argument, argument.name()),
      description: argument.description,
    })),
    description: command.description(),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map(({ flags, description, envVar, defaultValue, defaultValueDescription, argChoices }) => ({
        flags,
        description,
        variable: envVar,
        choices: argChoices,
        default: defaultValueDescription ?? defaultValue,
      })),
    commands: command.commands.map((child) => describe(child, path)),
  }
}

const found = []
for (const [name, path] of PROGRAMS) {
  const command = await new Promise((resolve, reject) => {
    taken = resolve
    const module = import(new URL(`../../../${path}`, import.meta.url).href)
    module.then(({ daemonCommand }) => daemonCommand && resolve(daemonCommand()), reject)
  })
  found.push(describe(command.name(name), []))
}
process.stdout.write(JSON.stringify(found), () => process.exit())
