import { Ajv2020 } from 'ajv/dist/2020.js'

type Schema = Record<string, unknown>

const LIMITS: Record<string, string> = {
  '>': 'exclusiveMinimum',
  '>=': 'minimum',
  '<': 'exclusiveMaximum',
  '<=': 'maximum',
  '=': 'const',
}

/** Whether the pattern of an EventBridge rule matches an event without arrays. No package that does it is kept well, so ajv does, of the JSON Schema that a pattern is. */
export function matchesPattern(pattern: object, event: unknown): boolean {
  return new Ajv2020().validate(toSchema(pattern), event)
}

/** Every field that is named must be there and match one of its values; of the patterns in `$or`, one must match. */
function toSchema(pattern: object): Schema {
  return { type: 'object', allOf: Object.entries(pattern).map(([name, wanted]) => toRule(name, wanted)) }
}

function toRule(name: string, wanted: unknown): Schema {
  if (name === '$or') return { anyOf: (wanted as object[]).map(toSchema) }
  const isPresent = (schema: Schema) => ({ required: [name], properties: { [name]: schema } })
  if (!Array.isArray(wanted)) return isPresent(toSchema(wanted as object))
  return {
    anyOf: wanted.map((value) => {
      if (typeof value !== 'object') return isPresent({ const: value })
      const [[kind, rule] = []] = Object.entries(value)
      if (kind === 'exists') return rule ? { required: [name] } : { not: { required: [name] } }
      if (kind === 'anything-but') return isPresent({ not: { enum: [rule].flat() } })
      if (kind === 'numeric') return isPresent({ type: 'number', ...toLimits(rule as unknown[]) })
      throw new Error(`unknown: ${kind}`)
    }),
  }
}

function toLimits([operator, limit, ...others]: readonly unknown[]): Schema {
  const name = LIMITS[String(operator)]
  return name === undefined ? {} : { [name]: limit, ...toLimits(others) }
}
