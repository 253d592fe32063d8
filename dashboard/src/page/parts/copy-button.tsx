import { useState } from 'react'
import { texts } from '../texts.js'

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <button
      type="button"
      className="quiet small"
      aria-label={`${label} ${text.slice(0, 80)}`}
      onClick={() => void copy()}
    >
      {copied ? texts.answer.copied : label}
    </button>
  )
}
