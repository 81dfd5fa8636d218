import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = path.join(import.meta.dirname, '../..')

/**
 * Makes the package in `folder` as `npm run build && npm pack ./dist` does, but checks no types, which test/system/types.test.ts does.
 * Resolves to the tarball.
 */
export async function pack(folder: string): Promise<string> {
  const dist = path.join(folder, 'dist')
  await mkdir(dist)
  const build = (...args: string[]) => run(process.execPath, args, { cwd: ROOT })
  await Promise.all([
    build(
      'node_modules/typescript/bin/tsc',
      '-p',
      'tsconfig.build.json',
      ...['--noCheck', '--singleThreaded', '--outDir', dist],
    ),
    build('infra/package/copy-bundles.ts', `${dist}/bundles`),
    build('infra/package/copy-docs.ts', dist),
    build('infra/package/write-licenses.ts', dist),
    build('infra/package/write-manifest.ts', dist),
  ])
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, dist])
  await rm(dist, { recursive: true })
  return path.join(folder, JSON.parse(stdout)[0].filename)
}

/** The Node that runs this, and each other one on the PATH: npm puts the one of node_modules before that of the machine. */
export function nodesHere(): string[] {
  const names = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'))
  const found = [process.execPath, ...names].filter((file) => existsSync(file))
  return [...new Set(found.map((file) => realpathSync(file)))]
}
