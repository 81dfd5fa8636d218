import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { toSchemaFiles } from '../../lib/contract/json-schema.ts'

/** Writes the JSON Schemas that are published into the folder that the first argument names. */
const [target = '.'] = process.argv.slice(2)
for (const [file, text] of Object.entries(toSchemaFiles())) await writeFile(path.join(target, file), text)
