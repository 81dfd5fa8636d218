import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sendInterrupted } from './send-interrupted.ts'

/** Sends a list of as many rows as the first argument says, by default 100,000, interrupted half-way, and prints how everyone ended. */
const rows = Number(process.argv[2] ?? 100_000)
const main = path.join(import.meta.dirname, '../../../cli/breach-reset.cjs')
const folder = await mkdtemp(path.join(tmpdir(), 'interrupted-send-'))
try {
  const report = await sendInterrupted(rows, folder, (args, environment, onStart) => {
    const env = { ...process.env, ...environment }
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [main, ...args], { env, maxBuffer: 1e9 }, (_, stdout) =>
        resolve({ code: child.exitCode, stdout }),
      )
      child.stderr?.pipe(process.stderr)
      onStart((signal) => child.kill(signal))
    })
  })
  console.log(JSON.stringify(report, undefined, 2))
} finally {
  await rm(folder, { recursive: true })
}
