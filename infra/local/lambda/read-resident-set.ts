import { readFileSync } from 'node:fs'

/** The resident set of a process in bytes, by /proc; undefined where there is no /proc, or when the process is gone. */
export function readResidentSet(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
