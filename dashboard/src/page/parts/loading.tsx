import { texts } from '../texts.js'

/** Something is on its way. */
export function Loading() {
  return (
    <p className="loading" role="status">
      {texts.loading}
    </p>
  )
}
