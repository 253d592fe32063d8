import { z } from 'zod'

/** What every handled request answers: `{"status":"OK","result":…}` or `{"status":"FAIL","errors":…}`. */
export const envelope = z.union([
  z.looseObject({ status: z.literal('OK'), result: z.unknown() }),
  z.looseObject({ status: z.literal('FAIL'), errors: z.unknown() }),
])

/** The body of a handled failure. `errors` is a string everywhere but in the answers of `/transactions`. */
export interface Failure {
  status: 'FAIL'
  errors: unknown
}

/** The body of a success. */
export interface Success<T> {
  status: 'OK'
  result: T
}
