import { readdir, readFile } from 'node:fs/promises'

/** Processes that run a bundle under the folder, by /proc; none where there is no /proc. */
export async function processesIn(temporaryFolder: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
  )
  return environments.filter((text) => text.includes(`LAMBDA_TASK_ROOT=${temporaryFolder}`))
}
