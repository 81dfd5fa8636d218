import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves when the condition holds. Throws, with the name of the condition, when it does not within `timeoutMs`. */
export async function waitUntil(what: string, holds: () => boolean, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await sleep(5)
  }
}
