import { useRef, useState } from 'react'
import { eicarFile } from '../../client/eicar.js'
import { texts } from '../../texts.js'
import { droppedFiles } from './dropped-files.js'

/** What makes a choice of files one of folders; React's types do not know it. */
const FOLDER = { webkitdirectory: '' }

/** Takes files and folders: dropped, or chosen by keyboard. */
export function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const [isOver, setOver] = useState(false)
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const { ask } = texts
  const take = (input: HTMLInputElement) => {
    onFiles([...(input.files ?? [])])
    input.value = ''
  }
  return (
    <fieldset
      className="drop"
      data-over={isOver}
      aria-label={ask.drop}
      onDragOver={(drag) => {
        drag.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(drop) => {
        drop.preventDefault()
        setOver(false)
        void droppedFiles(drop.dataTransfer.items).then(onFiles)
      }}
    >
      <strong>{ask.drop}</strong>
      <div className="actions">
        <button type="button" onClick={() => files.current?.click()}>
          {ask.choose}
        </button>
        <button type="button" className="quiet" onClick={() => folder.current?.click()}>
          {ask.folder}
        </button>
        <button type="button" className="quiet" title={ask.eicarHint} onClick={() => onFiles([eicarFile()])}>
          {ask.eicar}
        </button>
      </div>
      <input ref={files} type="file" multiple hidden data-part="files" onChange={({ target }) => take(target)} />
      <input ref={folder} type="file" {...FOLDER} hidden onChange={({ target }) => take(target)} />
    </fieldset>
  )
}
