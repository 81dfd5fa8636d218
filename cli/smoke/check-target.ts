import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkWay } from './check-way.ts'
import { exitCodeOf } from './exit-code-of.ts'
import type { SmokeOptions } from './parse-smoke-options.ts'
import type { SmokeResult } from './smoke-result.ts'
import { toReport } from './to-report.ts'
import type { Way } from './way.ts'

/** Opens the way to a system, checks it and tells. Resolves to the exit code. `target`: what the system is called. */
export async function checkTarget(
  target: string,
  open: () => Promise<Way>,
  { timeoutMs, json }: SmokeOptions,
  say: (text: string) => void,
): Promise<number> {
  let startedAt = Date.now()
  let event_id: string | undefined
  const onSend = (id: string) => {
    startedAt = Date.now()
    event_id = id
    say(`Sending ${id} to ${target} ...`)
  }
  const deps = { timeoutMs, now: Date.now, sleep, onSend }
  const result = await open()
    .then((way) => checkWay(way, randomUUID(), deps))
    .catch(toFailure)
  const ms = Date.now() - startedAt
  say(toReport(result, ms))
  if (json) process.stdout.write(`${JSON.stringify({ ...result, ms, event_id, target }, undefined, 2)}\n`)
  return exitCodeOf(result)
}

function toFailure(error: unknown): SmokeResult {
  const sentence = error instanceof Error ? `${error.message}.` : 'failed.'
  return { outcome: 'not_checked', code: 'request_failed', passed: false, proves: [], sentence }
}
