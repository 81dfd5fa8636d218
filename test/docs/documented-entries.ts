import type { Entry } from '../fixtures/from-event-bridge.ts'
import { jsonBlocksOf } from './json-blocks-of.ts'

/** The `entries.json` of docs/producers.md. */
export const documentedEntries: Entry[] = jsonBlocksOf('docs/producers.md')
  .filter((block) => block.includes('"DetailType"'))
  .flatMap((block) => JSON.parse(block))
