import { writeFile } from 'node:fs/promises'
import { toSchemaFile } from '../../lib/contract/json-schema.ts'

/** Writes the contract's JSON Schema into the file named by the first argument. */
const [target = 'docs/breach-event.v1.schema.json'] = process.argv.slice(2)
await writeFile(target, toSchemaFile())
