import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type LocalFunction, startFunction } from '../../../../infra/local/lambda/function.ts'
import type { FunctionOptions } from '../../../../infra/local/lambda/runtime-client.ts'

/** Writes `source` as a bundle to a temporary directory that goes away with the test. */
export async function writeBundle(source: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'local-lambda-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'index.js'), source)
  return directory
}

/** Starts a function made of `source` that is stopped with the test; `log` collects its lines. */
export async function startTestFunction(
  source: string,
  overrides: Partial<FunctionOptions> = {},
): Promise<LocalFunction & { log: string[] }> {
  const log: string[] = []
  const local = startFunction({
    name: 'under-test',
    assetDirectory: await writeBundle(source),
    handler: 'index.handler',
    environment: {},
    timeoutMs: 10_000,
    memoryMb: 256,
    onLog: (line) => log.push(line),
    ...overrides,
  })
  onTestFinished(() => local.stop())
  return { ...local, log }
}
