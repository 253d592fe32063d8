import type { Success } from '@polyswarm/protocol'

/** The envelope around every result. */
export function success<T>(result: T): Success<T> {
  return { status: 'OK', result }
}
