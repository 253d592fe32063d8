import { open } from 'node:fs/promises'
import { stringifyJson } from '@polyswarm/protocol'
import { Command, Option } from 'commander'
import { importedKey } from '../account/imported-key.js'
import { listKeystores } from '../account/keystore-listing.js'
import { InvalidOptionError } from '../errors.js'
import { changeKeystorePassword, createKeystoreFile, readPrivateKey } from '../runtime/keys/keystore.js'
import { askSecret, findNewPassword, findPassword } from '../runtime/keys/password.js'
import { addPasswordOptions, keyfileOption, terminal } from './account-session.js'
import { option } from './participant-options.js'
import type { Subcommand } from './program.js'
import { textTable } from './text-table.js'

interface KeyFlags {
  keyfile: string
  password?: string
  passwordFile?: string
}

/** The subcommands that look after keystore files; none of them needs a market. */
export function keyCommands(): Subcommand[] {
  return [newCommand(), listCommand(), importCommand(), exportCommand(), changePasswordCommand()]
}

function newCommand(): Subcommand {
  const command = keyCommand('new', 'Draws a new key and writes it to a keystore file, which is never overwritten.')
  return {
    command,
    action: async () => {
      const flags = command.opts<KeyFlags>()
      const password = await findNewPassword({ ...flags, terminal })
      const address = await createKeystoreFile({ path: flags.keyfile, password })
      process.stdout.write(`${address} ${flags.keyfile}\n`)
      process.stderr.write('Keep a copy of the file and its password: without both, what the account has is lost.\n')
    },
  }
}

function listCommand(): Subcommand {
  const command = new Command('list')
    .description('Lists the keystore files of a directory.')
    .argument('[directory]', 'where to look', '.')
    .addOption(formatOption())
  return {
    command,
    action: async () => {
      const found = await listKeystores(command.processedArgs[0] as string)
      const { format } = command.opts<{ format: 'table' | 'json' }>()
      if (format === 'json') process.stdout.write(`${stringifyJson(found, 2)}\n`)
      else if (found.length === 0) process.stdout.write('There are no keystore files.\n')
      else {
        const rows = found.map(({ account, file }) => [account, file])
        process.stdout.write(textTable(['account', 'keyfile'], rows))
      }
    },
  }
}

function importCommand(): Subcommand {
  const command = keyCommand(
    'import',
    'Writes a key that is there already to a keystore file. Without a file to read it from, it is typed at the terminal.',
  )
    .addOption(
      option('--private-key-file <file>', 'file with a private key, 64 hexadecimal digits', 'PRIVATE_KEY_FILE'),
    )
    .addOption(option('--mnemonic-file <file>', 'file with the words of a mnemonic (BIP-39)', 'MNEMONIC_FILE'))
    .addOption(
      option('--path <path>', 'which key of the mnemonic (BIP-44)', 'MNEMONIC_PATH').default("m/44'/60'/0'/0/0"),
    )
    .addOption(option('--keystore <file>', 'another keystore file, which stays as it is', 'POLYSWARM_KEYSTORE'))
    .addOption(
      option('--keystore-password-file <file>', 'file with the password of that keystore', 'KEYSTORE_PASSWORD_FILE'),
    )
  return {
    command,
    action: async () => {
      const flags = command.opts<KeyFlags & ImportFlags>()
      const { keystore, keystorePasswordFile: passwordFile } = flags
      const privateKey = await importedKey({
        ...flags,
        keystore: keystore === undefined ? undefined : { file: keystore, password: () => oldPassword(passwordFile) },
        typed: terminal.input.isTTY ? () => askSecret(terminal, 'Private key or mnemonic') : undefined,
      })
      const password = await findNewPassword({ ...flags, terminal })
      const address = await createKeystoreFile({ path: flags.keyfile, password, privateKey })
      process.stdout.write(`${address} ${flags.keyfile}\n`)
    },
  }
}

interface ImportFlags {
  privateKeyFile?: string
  mnemonicFile?: string
  path: string
  keystore?: string
  keystorePasswordFile?: string
}

function exportCommand(): Subcommand {
  const command = keyCommand(
    'export',
    'Writes the private key itself to a new file. Whoever reads that file has all that the account has.',
  ).addOption(
    option(
      '--output <file>',
      'the file, readable for its owner only; - for stdout',
      'POLYSWARM_OUTPUT',
    ).makeOptionMandatory(),
  )
  return {
    command,
    action: async () => {
      const flags = command.opts<KeyFlags & { output: string }>()
      const key = await readPrivateKey(flags.keyfile, await findPassword({ ...flags, terminal }))
      if (flags.output === '-') process.stdout.write(`${key}\n`)
      else await writeSecret(flags.output, `${key}\n`)
    },
  }
}

function changePasswordCommand(): Subcommand {
  const command = keyCommand(
    'change-password',
    'Writes a keystore file anew, with another password. The old file stays until the new one has been read back.',
  )
    .addOption(option('--new-password <password>', 'the new one; visible to others on this machine', 'NEW_PASSWORD'))
    .addOption(option('--new-password-file <file>', 'file that holds the new one', 'NEW_PASSWORD_FILE'))
  return {
    command,
    action: async () => {
      const flags = command.opts<KeyFlags & { newPassword?: string; newPasswordFile?: string }>()
      const oldPassword = await findPassword({ ...flags, terminal })
      // A wrong old password is told before a new one is asked for.
      await readPrivateKey(flags.keyfile, oldPassword)
      const password = await findNewPassword({
        password: flags.newPassword,
        passwordFile: flags.newPasswordFile,
        terminal,
        flag: '--new-password',
      })
      const address = await changeKeystorePassword({ path: flags.keyfile, password, oldPassword })
      process.stdout.write(`${address} ${flags.keyfile}\n`)
    },
  }
}

function keyCommand(name: string, description: string): Command {
  return addPasswordOptions(new Command(name).description(description).addOption(keyfileOption()))
}

/** The flag for how a list is shown. */
function formatOption(): Option {
  return new Option('--format <format>', 'how to show it').choices(['table', 'json']).default('table')
}

function oldPassword(passwordFile: string | undefined): Promise<string> {
  return findPassword({ passwordFile, terminal, flag: '--keystore-password' })
}

async function writeSecret(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(text).finally(() => file.close())
  } catch (error) {
    throw new InvalidOptionError({ option: '--output', reason: (error as Error).message })
  }
}
