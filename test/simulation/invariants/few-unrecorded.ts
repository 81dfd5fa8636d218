import type { Message, Story } from './story.ts'

/**
 * At no moment has an invocation reset more people than the bound without their rows being in the ledger, or owed in a message
 * sent on. What it gives back, because neither ledger nor queue took it, is counted as `not written` when it is repeated.
 */
export function fewUnrecorded({ run, calls, messages, invocations }: Story): string[] {
  const open = new Map<string, Set<string>>()
  const bound = run.deployment.settings.mostUnrecorded
  const wrong: string[] = []
  for (const entry of run.journal) {
    if (entry.what === 'reached Stytch' && entry.effect) {
      const { environment = '', person = '' } = calls.get(entry.call) ?? {}
      const people = open.get(environment) ?? new Set()
      open.set(environment, people.add(person))
      if (people.size > bound) wrong.push(`${environment} has reset ${people.size} people without a record`)
    }
    if (entry.what === 'crashed') open.delete(entry.environment)
    if (entry.what === 'ended' && entry.failures.length > 0)
      open.delete(invocations.get(entry.invocation)?.environment ?? '')
    if (entry.what === 'answered' && entry.as !== 'reset') close(calls.get(entry.call)?.person)
    if (entry.what === 'row stored') close(entry.person)
    if (entry.what === 'sent') for (const person of owedIn(messages.get(entry.message))) close(person)
  }
  return wrong

  function close(person: string | undefined): void {
    for (const people of open.values()) people.delete(person ?? '')
  }
}

function owedIn(message: Message | undefined): string[] {
  const rows = [...(message?.rows ?? [])]
  return rows.filter(([, own]) => own.some((row) => row.owed)).map(([person]) => person)
}
