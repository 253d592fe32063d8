import { fileURLToPath } from 'node:url'
import { CommandBackend, Microengine, type MicroengineOptions } from '@polyswarm/participants'

const PROGRAM = fileURLToPath(new URL('scan.py', import.meta.url))

/** Has a Python program judge; it gets the path of a file, and answers in JSON. */
export default class PythonMicroengine extends Microengine {
  constructor(options: MicroengineOptions = {}) {
    const python = new CommandBackend({ command: ['/usr/bin/python3', PROGRAM, '{}'], answer: 'json' })
    super({ name: 'python-example', ...options, backends: [python] })
  }
}
