import { toJsonSchema } from './to-json-schema.ts'

/** The text of docs/breach-event.v1.schema.json. Every character that can't be seen is written as an escape. */
export function toSchemaFile(): string {
  const json = JSON.stringify(toJsonSchema(), undefined, 2)
  return `${json.replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}
