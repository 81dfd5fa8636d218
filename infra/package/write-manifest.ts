import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')

/** What every part needs. */
const ALWAYS = ['leven', 'yargs', 'zod']
/** What commands need; without them, a command says which one is missing. */
const COMMANDS = [
  '@aws-sdk/client-cloudformation',
  '@aws-sdk/client-cloudwatch-logs',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-secrets-manager',
  'cli-progress',
  'dataloader',
  'echarts',
  'jsonc-parser',
  'p-limit',
]
/** The producer is given a client by its caller: two copies of this package, of different versions, would be two types. */
const ANY_SQS = { '@aws-sdk/client-sqs': '^3.0.0' }

/** What is compiled and serves only the local system, which is in the repository alone; and types that nobody can import. */
const LEFT_OUT = [
  'infra/local',
  'infra/{stages,breach-reset-stack}.*',
  'cli/start.js',
  'cli/start/!(counts|sessions).js',
  'cli/{send,smoke}/*local*.js',
  'cli/**/*.d.ts',
]

/**
 * Writes the package.json of the package into the folder that the first argument names. It differs from ours: users of the package
 * need neither the functions' dependencies nor our Node, a producer needs no CDK, and a CDK app no SQS client.
 */
const [target = 'dist'] = process.argv.slice(2)
const ours = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'))
const { name, version, description, license, type, dependencies, peerDependencies } = ours
const versionsOf = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, dependencies[name]]))
const entry = (file: string) => ({ types: `./${file}.d.ts`, default: `./${file}.js` })
const peers = { ...peerDependencies, ...ANY_SQS }
const manifest = {
  ...{ name, version, description, license, type },
  // Nobody publishes it by mistake: the name on npm is not ours.
  private: true,
  engines: { node: '>=20.20' },
  bin: { 'breach-reset': 'cli/main.js' },
  exports: {
    '.': entry('infra/breach-reset'),
    './producer': entry('lib/producer/create-producer'),
    './adapters': entry('lib/producer/adapters/adapters'),
    './*.schema.json': './docs/*.schema.json',
    './examples/*': './docs/examples/*',
    './package.json': './package.json',
  },
  files: ['**', ...LEFT_OUT.map((pattern) => `!${pattern}`)],
  dependencies: versionsOf(ALWAYS),
  optionalDependencies: { ...versionsOf(COMMANDS), ...ANY_SQS },
  peerDependencies: peers,
  peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((peer) => [peer, { optional: true }])),
}
await writeFile(path.join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
