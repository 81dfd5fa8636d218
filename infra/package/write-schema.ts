import { writeFile } from 'node:fs/promises'
import { toSchemaFile } from '../../lib/contract/json-schema.ts'

/** Writes the contract's JSON Schema into the file that the first argument names. */
const [target = 'docs/breach-event.v1.schema.json'] = process.argv.slice(2)
await writeFile(target, toSchemaFile())
