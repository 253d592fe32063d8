import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { wholeNumberOf } from '../../analysis/whole-number.js'
import { BackendError } from '../../errors.js'

/** What the command backend can be told. */
export interface CommandSettings {
  /** Command line of the program; see `parseCommandLine`. */
  command?: string | undefined
  /** Where its verdict is: `exit-code`, `json`, or a pattern between slashes. */
  commandAnswer?: string | undefined
  /** Bytes of address space for each process of the program. */
  commandMemory?: number | undefined
  /** Whether the program may use the network. */
  commandNetwork?: boolean | undefined
  /** Files and directories that the program may read beside those that its command line names. */
  commandRead?: readonly string[] | undefined
}

export const command: ShippedBackend<CommandSettings> = {
  name: 'command',
  looksWith: 'any program; the file on stdin, or as a path where `{}` stands',
  needs: 'a program',
  options: {
    command: {
      flags: '--command <line>',
      description: 'program of the command backend; {} stands for the file, else it comes on stdin',
      variable: 'SCAN_COMMAND',
    },
    commandAnswer: {
      flags: '--command-answer <rule>',
      description: "where the program's verdict is: exit-code, json or /pattern/",
      variable: 'SCAN_COMMAND_ANSWER',
      standard: 'exit-code',
    },
    commandMemory: {
      flags: '--command-memory <bytes>',
      description: 'address space for each process of the program, 4 GiB by default',
      variable: 'SCAN_COMMAND_MEMORY',
      read: wholeNumberOf('--command-memory'),
    },
    commandNetwork: {
      flags: '--command-network',
      description: 'let the program use the network',
      variable: 'SCAN_COMMAND_NETWORK',
      standard: false,
    },
    commandRead: {
      flags: '--command-read <path...>',
      description: 'files and directories that the program may read, beside those that its command line names',
      variable: 'SCAN_COMMAND_READ',
      standard: [],
    },
  },
  make: async ({ command: line, commandAnswer, commandMemory, commandNetwork, commandRead }, { inform, warn }) => {
    if (line === undefined) {
      throw new BackendError({ backend: 'command', reason: 'no program is named: give --command' })
    }
    const [{ CommandBackend }, { parseCommandLine }, { parseAnswerRule }] = await Promise.all([
      import('./command-backend.js'),
      import('./command-line.js'),
      import('./command-answer.js'),
    ])
    return new CommandBackend({
      command: parseCommandLine(line),
      inform,
      warn,
      ...(commandRead !== undefined && { readable: commandRead }),
      ...(commandAnswer !== undefined && { answer: parseAnswerRule(commandAnswer) }),
      ...(commandMemory !== undefined && { maxMemory: commandMemory }),
      ...(commandNetwork !== undefined && { network: commandNetwork }),
    })
  },
}
