import type { Route } from '@polyswarm/protocol/routes'

/** How the reference writes what varies in a path. */
const VARIABLES: Record<string, string> = { index: 'N' }

/** The table of polyswarmd's routes: what each does, and the query parameters that it takes, in bold those it needs. */
export function routesTable(routes: readonly Route[]): string {
  const rows = routes.map(({ method, path, summary, query, isAdded }) => {
    const shown = path.replace(/:(\w+)/g, (_, name: string) => VARIABLES[name] ?? name.toUpperCase())
    const parameters = query.map(({ name, missing }) => (missing === undefined ? name : `**${name}**`))
    return `| \`${method} ${shown}\` | ${isAdded ? '**new**: ' : ''}${summary} | ${parameters.join(', ')} |`
  })
  return ['| route | does or answers | query |', '| --- | --- | --- |', ...rows].join('\n')
}
