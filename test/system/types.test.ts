import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc')

/** As `npm run types`, on one core: here, while other tests wait, it costs no time of its own. */
it('the repository has no type errors', async () => {
  const checking = promisify(execFile)(process.execPath, [TSC, '--singleThreaded'], { cwd: ROOT })
  const { stdout } = await checking.catch((error) => error)
  expect(stdout).toBe('')
  await checking
})
