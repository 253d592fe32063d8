import { jsonSchemaOf } from '@polyswarm/protocol'
import { type ConsumerOperation, consumerOperations, failure } from '@polyswarm/protocol/consumer'
import type { z } from 'zod'

type Json = Record<string, unknown>

/** The consumer API as an OpenAPI 3.1 document, from the schemas that check requests and type answers. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {}
  for (const operation of Object.values<ConsumerOperation>(consumerOperations)) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'PolySwarm consumer API',
      version: '3.0.0',
      description:
        'What a file or URL is, by everybody who has put money on an answer. Amounts are decimal strings of base units.',
    },
    servers: [{ url: '/v3' }],
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'Authorization' } },
      schemas: { Failure: jsonSchemaOf(failure, 'output') },
    },
    security: [{ key: [] }],
    paths,
  }
}

function operationObject({ summary, parameters, query, body, answer, open }: ConsumerOperation): Json {
  return {
    summary,
    ...(open && { security: [] }),
    parameters: [...parametersOf(parameters, 'path'), ...parametersOf(query, 'query')],
    ...(body && { requestBody: { content: bodyContent(body) } }),
    responses: {
      200: { description: 'Done', content: answerContent(answer) },
      default: {
        description: 'Refused, with the reason',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
      },
    },
  }
}

function parametersOf(shape: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (!shape) return []
  const { properties = {}, required = [] } = jsonSchemaOf(shape, 'input') as { properties?: Json; required?: string[] }
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: place, required: place === 'path' || required.includes(name), schema }
  })
}

function bodyContent(body: NonNullable<ConsumerOperation['body']>): Json {
  switch (body) {
    case 'bytes':
      return { 'application/octet-stream': {} }
    case 'form':
      return { 'multipart/form-data': { schema: { type: 'object', properties: { file: { type: 'string' } } } } }
    case 'fields':
      return { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } }
    default:
      return { 'application/json': { schema: jsonSchemaOf(body, 'input') } }
  }
}

function answerContent(answer: ConsumerOperation['answer']): Json {
  switch (answer) {
    case 'bytes':
      return { 'application/zip': {}, 'application/octet-stream': {} }
    case 'events':
      return { 'text/event-stream': {} }
    case 'nothing':
      return {}
    case 'document':
      return { 'application/json': { schema: { type: 'object' } } }
    default:
      return { 'application/json': { schema: jsonSchemaOf(answer, 'output') } }
  }
}
