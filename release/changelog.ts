/** The heading under which changes are collected until they are released. */
const UNRELEASED = '## Unreleased'

/** What the changelog says of a version; undefined where it has no section of it, or an empty one. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^(?=## )/m)
  const section = sections.find((text) => text.split('\n')[0]?.replace(/ \(.*/, '') === `## ${version}`)
  return section?.split('\n').slice(1).join('\n').trim() || undefined
}

/**
 * Gives what was collected a version and a date, and leaves an empty place for what comes next.
 *
 * @param date as in 2026-01-31.
 * @throws Error where nothing was collected.
 */
export function headChangelog(changelog: string, version: string, date: string): string {
  if (releaseNotes(changelog, 'Unreleased') === undefined) {
    throw new Error(`CHANGELOG.md has nothing under "${UNRELEASED}": say there what has changed.`)
  }
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## ${version} (${date})`)
}
