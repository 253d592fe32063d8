import { MAX_ITEMS } from './asked-item.js'

/** The files that were dropped, those in folders included, as many as can be asked about at a time. */
export async function droppedFiles(items: DataTransferItemList): Promise<File[]> {
  const given = [...items]
  const entries = given.flatMap((item) => item.webkitGetAsEntry() ?? [])
  // What comes from another program, and from no file system, has no entry.
  const files = given.flatMap((item) => (item.webkitGetAsEntry() ? [] : (item.getAsFile() ?? [])))
  while (entries.length > 0 && files.length < MAX_ITEMS) {
    const entry = entries.shift()
    if (entry?.isFile) files.push(await fileOf(entry as FileSystemFileEntry))
    else if (entry?.isDirectory) entries.push(...(await entriesOf(entry as FileSystemDirectoryEntry)))
  }
  return files
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** A folder tells of its entries in parts; it is at its end with an empty one. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const found: FileSystemEntry[] = []
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (part.length === 0 || found.length > MAX_ITEMS) return found
    found.push(...part)
  }
}
