import { z } from 'zod'
import type { Operation, Parameter } from './operation.js'
import { operations } from './operations.js'

type Json = Record<string, unknown>

/** The API as an OpenAPI 3.1 document, from the schemas that check requests. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation) }
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

function operationObject({ method, path, summary, query, body, result }: Operation): Json {
  const variable = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    operationId: `${method.toLowerCase()} ${path}`.replace(/[^a-zA-Z]+(.)/g, (_, letter: string) =>
      letter.toUpperCase(),
    ),
    tags: [path.split('/')[1]],
    summary,
    parameters: [...variable, ...query.map(queryObject)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: bodyContent(body) } }),
    responses: {
      200: { description: 'Done', content: resultContent(result) },
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

function queryObject({ name, description, required = false }: Parameter): Json {
  return { name, in: 'query', description, required, schema: { type: 'string' } }
}

function bodyContent(body: NonNullable<Operation['body']>): Json {
  if (body !== 'files') return { 'application/json': { schema: schemaOf(body) } }
  const file = { type: 'array', items: { type: 'string', format: 'binary' }, minItems: 1, maxItems: 256 }
  return { 'multipart/form-data': { schema: { type: 'object', properties: { file }, required: ['file'] } } }
}

function resultContent(result: Operation['result']): Json {
  switch (result) {
    case 'bytes':
      return { 'application/octet-stream': {} }
    case 'text':
      return { 'text/plain': {} }
    case 'page':
      return { 'text/html': {} }
    case 'events':
      return { 'application/json': { schema: { type: 'object' } } }
    default: {
      const properties = { status: { const: 'OK' }, result: schemaOf(result) }
      return { 'application/json': { schema: { type: 'object', properties, required: ['status', 'result'] } } }
    }
  }
}

/**
 * The JSON Schema of what is on the wire. Integers beyond 2^53 are integers there, and bigints only in this program.
 */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer'
    },
  })
  return json
}
