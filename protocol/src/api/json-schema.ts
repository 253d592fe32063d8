import { z } from 'zod'

/**
 * The JSON Schema of what is on the wire. Integers beyond 2^53 are integers there, and bigints only in this program.
 *
 * @param io whether what is sent or what is made of it is described; they differ where a default is filled in.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer'
    },
  })
  return json
}
