import { visibleText } from '@polyswarm/protocol/visible-text'
import { Link } from '@tanstack/react-router'
import { usePageSettings } from '../live/market-context.js'
import { OutsideText } from './outside-text.js'

/** What is longer is no address. */
const LONGEST = 60

/** An account by its name where it has one, else by its address. */
export function AccountName({ address, link = false }: { address: string; link?: boolean }) {
  const name = usePageSettings().names.get(address.toLowerCase())
  const whole = visibleText(address.slice(0, LONGEST))
  const label =
    name === undefined ? (
      <code title={whole}>{visibleText(`${address.slice(0, 8)}…${address.slice(-4)}`)}</code>
    ) : (
      <span title={whole}>
        <OutsideText text={name} longest={40} />
      </span>
    )
  if (!link) return label
  return (
    <Link to="/engines/$address" params={{ address }}>
      {label}
    </Link>
  )
}
