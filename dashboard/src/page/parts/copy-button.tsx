import { useState } from 'react'
import { texts } from '../texts.js'

/** Copies a text, and says so. @param isSecret is not read out. */
export function CopyButton({ text, label, isSecret = false }: { text: string; label: string; isSecret?: boolean }) {
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
      aria-label={isSecret ? label : `${label} ${text.slice(0, 80)}`}
      onClick={() => void copy()}
    >
      {copied ? texts.answer.copied : label}
    </button>
  )
}
