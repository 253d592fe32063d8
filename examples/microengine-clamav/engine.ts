import { ClamavBackend, Microengine, type MicroengineOptions, parseClamdAddress } from '@polyswarm/participants'

/** Has clamd judge: that of `CLAMD`, which is `host:port` or the path of a socket. */
export default class ClamavMicroengine extends Microengine {
  constructor(options: MicroengineOptions = {}) {
    const address = parseClamdAddress(process.env.CLAMD ?? 'localhost:3310')
    super({ name: 'clamav-example', ...options, backends: [new ClamavBackend({ address })] })
  }
}
