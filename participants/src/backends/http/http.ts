import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { BackendError } from '../../errors.js'

/** What the http backend can be told. */
export interface HttpSettings {
  /** Address of the service. */
  service?: string | undefined
}

export const http: ShippedBackend<HttpSettings> = {
  name: 'http',
  looksWith: 'a service: the artifact is posted, the answer is JSON',
  needs: 'a service',
  options: {
    service: {
      flags: '--service <url>',
      description: 'where the http backend posts artifacts',
      variable: 'SCAN_SERVICE',
    },
  },
  make: async ({ service }) => {
    if (service === undefined) {
      throw new BackendError({ backend: 'http', reason: 'no service is named: give --service' })
    }
    const { HttpBackend } = await import('./http-backend.js')
    return new HttpBackend({ url: service })
  },
}
