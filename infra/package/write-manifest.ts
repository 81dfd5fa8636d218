import { copyFile, cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')
const SCHEMAS = ['breach-event.v1.schema.json', 'outcome-event.v1.schema.json']

/**
 * Writes the package.json of the package with the construct and the producer library, and its other files, into the folder that
 * the first argument names. It differs from ours: users of the package need neither the functions' dependencies nor our Node,
 * a producer needs no CDK, and a CDK app no SQS client.
 */
const [target = 'dist'] = process.argv.slice(2)
const { name, version, description, license, type, dependencies, peerDependencies } = JSON.parse(
  await readFile(path.join(ROOT, 'package.json'), 'utf8'),
)
const entry = (file: string) => ({ types: `./${file}.d.ts`, default: `./${file}.js` })
const peers = { ...peerDependencies, '@aws-sdk/client-sqs': '^3.0.0' }
const manifest = {
  ...{ name, version, description, license, type },
  exports: {
    '.': entry('infra/breach-reset'),
    './producer': entry('lib/producer/create-producer'),
    './adapters': entry('lib/producer/adapters/adapters'),
    ...Object.fromEntries(SCHEMAS.map((schema) => [`./${schema}`, `./docs/${schema}`])),
    './examples/*': './docs/examples/*',
  },
  dependencies: { zod: dependencies.zod },
  peerDependencies: peers,
  peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((peer) => [peer, { optional: true }])),
}
await writeFile(path.join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
await copyFile(path.join(ROOT, 'LICENSE'), path.join(target, 'LICENSE'))
await cp(path.join(ROOT, 'docs/examples'), path.join(target, 'docs/examples'), { recursive: true })
for (const file of [...SCHEMAS, 'contract.md', 'outcomes.md'])
  await copyFile(path.join(ROOT, 'docs', file), path.join(target, 'docs', file))
