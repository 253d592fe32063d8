import { fileURLToPath } from 'node:url'

/** A program of another workspace, beside that package's entry point. */
export function programOf(entry: string, file: string): string {
  return fileURLToPath(new URL(file, import.meta.resolve(entry)))
}
