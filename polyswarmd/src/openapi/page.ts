import { stringifyJson } from '@polyswarm/protocol'
import { type Route, routes } from '@polyswarm/protocol/routes'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #ccd3dc}summary{cursor:pointer;padding:.25rem 0}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f3f5f8;padding:.75rem;overflow:auto}
.method{display:inline-block;min-width:3.2rem;font-weight:600}table{border-collapse:collapse}td{padding:.1rem 1rem .1rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#dde3ea;background:#14181d}pre{background:#20262d}h2{border-color:#3a434d}}`

/** The document as a page: no script, nothing from elsewhere. */
export function openApiPage(document: Record<string, unknown>): string {
  const groups = Map.groupBy(Object.values<Route>(routes), ({ path }) => path.split('/')[1] || 'polyswarmd')
  const paths = document.paths as Record<
    string,
    Record<string, { requestBody?: Content; responses: { 200?: Content } }>
  >
  const body = [...groups]
    .map(([name, group]) => `<h2>${asHtml(name)}</h2>${group.map((route) => section(route, paths)).join('')}`)
    .join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>polyswarmd API</title><style>${STYLE}</style></head><body><h1>polyswarmd API</h1>
<p>Answers are <code>{"status":"OK","result":…}</code> or <code>{"status":"FAIL","errors":…}</code>, unless it says
otherwise below; a path or method that is not there, and a body that HTTP refuses, get <code>{"message":…}</code>. The same as
<a href="/openapi.json">OpenAPI 3.1</a>.</p>${body}</body></html>\n`
}

interface Content {
  content: Record<string, { schema?: { properties?: { result?: unknown } } }>
}

function section(
  { method, path, summary, query }: Route,
  paths: Record<string, Record<string, { requestBody?: Content; responses: { 200?: Content } }>>,
): string {
  const described = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
  const requested = Object.values(described?.requestBody?.content ?? {})[0]?.schema
  const answered = Object.values(described?.responses[200]?.content ?? {})[0]?.schema?.properties?.result
  const rows = query.map(
    ({ name, description, missing }) =>
      `<tr><td><code>${asHtml(name)}</code></td><td>${asHtml(description)}${missing ? '; required' : ''}</td></tr>`,
  )
  return `<details><summary><code class="method">${method}</code><code>${asHtml(path)}</code> ${withCode(summary)}</summary>
${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}${block('Body', requested)}${block('Result', answered)}</details>`
}

function block(title: string, schema: unknown): string {
  return schema === undefined ? '' : `<p>${title}</p><pre>${asHtml(stringifyJson(schema, 2))}</pre>`
}

/** What stands between backticks is code. */
function withCode(text: string): string {
  return asHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>')
}

function asHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
