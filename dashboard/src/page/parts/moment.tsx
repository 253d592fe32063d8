import { useEffect, useState } from 'react'
import { relativeText } from './duration-text.js'
import { OutsideText } from './outside-text.js'

/** A moment, relative to now; the absolute one on hover. */
export function Moment({ at }: { at: string | number }) {
  const date = new Date(at)
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000)
    return () => clearInterval(timer)
  }, [])
  if (Number.isNaN(date.getTime())) return <OutsideText text={String(at)} longest={40} />
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {relativeText(date.getTime(), now)}
    </time>
  )
}
