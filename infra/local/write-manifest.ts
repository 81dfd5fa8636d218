import { copyFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')

/**
 * Writes the package.json of the package that holds the construct, and the licence, into the folder named by the first
 * argument. An own one: whoever installs the construct needs neither the functions' dependencies nor our Node.
 */
const [target = 'dist'] = process.argv.slice(2)
const { name, version, description, license, type, dependencies, peerDependencies } = JSON.parse(
  await readFile(path.join(ROOT, 'package.json'), 'utf8'),
)
const manifest = {
  ...{ name, version, description, license, type },
  exports: { '.': { types: './infra/breach-reset.d.ts', default: './infra/breach-reset.js' } },
  dependencies: { zod: dependencies.zod },
  peerDependencies,
}
await writeFile(path.join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
await copyFile(path.join(ROOT, 'LICENSE'), path.join(target, 'LICENSE'))
