import { useEffect, useState } from 'react'
import { relativeText } from './duration-text.js'

/** A moment, relative to now; the absolute one on hover. */
export function Moment({ at }: { at: string | number }) {
  const date = new Date(at)
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000)
    return () => clearInterval(timer)
  }, [])
  if (Number.isNaN(date.getTime())) return <Unreadable text={String(at)} />
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {relativeText(date.getTime(), now)}
    </time>
  )
}

function Unreadable({ text }: { text: string }) {
  return <span>{text.slice(0, 40)}</span>
}
