import { CONTENT_ADDRESS, jsonSchemaOf, MAX_ARTIFACTS } from '@polyswarm/protocol'
import { type Parameter, type Route, routes } from '@polyswarm/protocol/routes'
import { PATH_VARIABLES } from '../api/path-variables.js'
import type { ChainName } from '../chain/market-chain.js'

type Json = Record<string, unknown>

/** What a path for WebSockets answers. */
const STREAM = {
  101: { description: 'The WebSocket is open' },
  426: {
    description: 'Asked for without an upgrade',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
  },
}

/**
 * The API as an OpenAPI 3.1 document, from the schemas that check requests.
 *
 * @param served the chains that the daemon serves: others are refused, and where there is no side chain, the default is.
 */
export function openApiDocument(served: readonly ChainName[]): Json {
  const paths: Record<string, Json> = {}
  for (const route of Object.values<Route>(routes)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationObject(route, served) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'polyswarmd',
      version: '1.0.0',
      description:
        'Amounts are decimal strings of base units; integers may be of any size. A trailing slash is optional. With API keys, Authorization carries the key.',
    },
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'Authorization' } },
      schemas: {
        Failure: {
          type: 'object',
          properties: {
            status: { const: 'FAIL' },
            errors: { anyOf: [{ type: 'string' }, { type: 'array' }, { type: 'object' }] },
          },
          required: ['status', 'errors'],
        },
        HttpFailure: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
      },
    },
    security: [{}, { key: [] }],
    paths,
  }
}

function operationObject({ method, path, summary, query, body, result }: Route, served: readonly ChainName[]): Json {
  const variable = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: variableSchema(name ?? ''),
  }))
  return {
    operationId: `${method.toLowerCase()} ${path}`.replace(/[^a-zA-Z]+(.)/g, (_, letter: string) =>
      letter.toUpperCase(),
    ),
    tags: [path.split('/')[1] || 'polyswarmd'],
    summary,
    parameters: [...variable, ...query.map((parameter) => queryObject(parameter, served))],
    ...(body === undefined ? {} : { requestBody: { required: true, content: bodyContent(body) } }),
    responses: {
      ...(result === 'events' ? STREAM : { 200: { description: 'Done', content: resultContent(result) } }),
      default: {
        description: 'Refused',
        content: {
          'application/json': {
            schema: {
              anyOf: [{ $ref: '#/components/schemas/Failure' }, { $ref: '#/components/schemas/HttpFailure' }],
            },
          },
        },
      },
    },
  }
}

function queryObject({ name, description, form, missing, narrower }: Parameter, served: readonly ChainName[]): Json {
  if (name === 'chain') {
    const schema = { type: 'string', enum: served }
    return { name, in: 'query', description, required: !served.includes('side'), schema }
  }
  const allowed = form === undefined ? {} : form instanceof RegExp ? { pattern: form.source } : { enum: form }
  const schema = { type: 'string', ...allowed, ...narrower }
  return { name, in: 'query', description, required: missing !== undefined, schema }
}

function variableSchema(name: string): Json {
  if (name === 'address') {
    const description = 'letters of both cases must be the checksum of EIP-55'
    return { type: 'string', format: 'ethereum-address', pattern: '^0x[0-9a-fA-F]{40}$', description }
  }
  const pattern = { ...PATH_VARIABLES, uri: CONTENT_ADDRESS }[name]?.source
  return { type: 'string', ...(pattern === undefined ? {} : { pattern }) }
}

function bodyContent(body: NonNullable<Route['body']>): Json {
  if (body !== 'files') return { 'application/json': { schema: jsonSchemaOf(body, 'input') } }
  const file = { type: 'array', items: { type: 'string', format: 'binary' }, minItems: 1, maxItems: MAX_ARTIFACTS }
  return { 'multipart/form-data': { schema: { type: 'object', properties: { file }, required: ['file'] } } }
}

function resultContent(result: Exclude<Route['result'], 'events'>): Json {
  switch (result) {
    case 'bytes':
      return { 'application/octet-stream': {} }
    case 'document':
      return { 'application/json': { schema: { type: 'object' } } }
    case 'text':
      return { 'text/plain': {} }
    case 'page':
      return { 'text/html': {} }
    default: {
      const properties = { status: { const: 'OK' }, result: jsonSchemaOf(result, 'input') }
      return { 'application/json': { schema: { type: 'object', properties, required: ['status', 'result'] } } }
    }
  }
}
