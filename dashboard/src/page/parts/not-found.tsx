import { Link } from '@tanstack/react-router'
import { texts } from '../texts.js'

/** No view is at this address. */
export function NotFound() {
  return (
    <div className="notice">
      <p>{texts.failures.notFound}</p>
      <Link to="/">{texts.failures.notFoundAction}</Link>
    </div>
  )
}
