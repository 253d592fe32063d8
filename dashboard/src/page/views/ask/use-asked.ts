import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { submitArtifact } from '../../client/submit-artifact.js'
import { latestAnswer } from '../../queries/instance-queries.js'
import { type AskedItem, sendable, withChange, withMore } from './asked-item.js'
import { sha256Of } from './sha256-of.js'

/** How what is asked about is sent. */
export interface SendOptions {
  private: boolean
  fresh: boolean
  expires: number | undefined
}

/**
 * What is being asked about. Everything is looked up by its hash before a byte leaves the browser, one after the other, and
 * sent when that is asked for.
 */
export function useAsked() {
  const [items, setItems] = useState<readonly AskedItem[]>([])
  const turn = useRef<Promise<void>>(Promise.resolve())
  const counted = useRef(0)
  const queries = useQueryClient()
  const change = useCallback(
    (key: number, changed: Partial<AskedItem>) => setItems((now) => withChange(now, key, changed)),
    [],
  )
  const one = useCallback(
    async (item: AskedItem, work: () => Promise<void>) => {
      await work().catch((error: Error) => change(item.key, { state: 'failed', reason: error.message }))
    },
    [change],
  )

  const add = useCallback(
    (more: readonly Pick<AskedItem, 'name' | 'type' | 'content'>[]) => {
      const added = more.map((each): AskedItem => {
        counted.current++
        return { ...each, key: counted.current, state: 'waiting', instance: null, reason: null }
      })
      setItems((now) => withMore(now, added))
      for (const item of added) turn.current = turn.current.then(() => one(item, () => look(item)))

      async function look(item: AskedItem): Promise<void> {
        change(item.key, { state: 'hashing' })
        const what = item.type === 'URL' ? { url: item.name } : { hash: await sha256Of(item.content) }
        change(item.key, { state: 'looking' })
        const instance = await latestAnswer(what)
        change(item.key, { state: instance ? 'known' : 'unknown', instance })
      }
    },
    [change, one],
  )

  const send = useCallback(
    async (options: SendOptions) => {
      for (const item of sendable(items, options.fresh)) {
        await one(item, async () => {
          change(item.key, { state: 'uploading', reason: null })
          const { name, type, content } = item
          const instance = await submitArtifact({ name, type, content, ...options })
          change(item.key, { state: 'sent', instance })
        })
      }
      await queries.invalidateQueries({ queryKey: ['recent'] })
    },
    [items, one, change, queries],
  )

  const remove = useCallback((key: number) => setItems((now) => now.filter((item) => item.key !== key)), [])
  return { items, add, send, remove }
}
