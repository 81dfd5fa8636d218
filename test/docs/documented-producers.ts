import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { type Producers, ProducersSchema } from '../../infra/stage.ts'

const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8')
const [, knobs = ''] = page.match(/^```ts\n(producers: [\s\S]*?)\n```$/m) ?? []

/** The `producers` that docs/deploy.md puts into a stage. */
export const documentedProducers: Producers = ProducersSchema.parse(
  runInNewContext(`({ ${knobs} })`).producers,
)
