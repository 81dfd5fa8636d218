import type { Run } from '../world/play.ts'
import { readBody } from './read-body.ts'
import type { Call, Invocation, Message, Story } from './story.ts'

/** Sorts the journal of a run by message, invocation and call. */
export function tellStory(run: Run): Story {
  const messages = new Map<string, Message>()
  const invocations = new Map<string, Invocation>()
  const calls = new Map<number, Call>()

  for (const [index, entry] of run.journal.entries()) {
    const invocation = 'invocation' in entry ? invocations.get(entry.invocation ?? '') : undefined
    switch (entry.what) {
      case 'sent': {
        const message = { ...entry, index, ...readBody(entry.body, run.world.people.named) }
        messages.set(entry.message, message)
        invocations.get(entry.by)?.sent.push(message)
        break
      }
      case 'invoked':
        invocations.set(entry.invocation, {
          ...entry,
          index,
          messages: entry.received.flatMap(({ message }) => messages.get(message) ?? []),
          pages: [],
          calls: [],
          sent: [],
          stored: [],
          counted: [],
          remembered: [],
          outcomes: [],
          failures: undefined,
          overAt: undefined,
          crashed: undefined,
          acknowledged: undefined,
        })
        break
      case 'called': {
        const call = { ...entry, index, reachedAt: undefined, effect: false, answered: undefined }
        calls.set(entry.call, call)
        invocation?.calls.push(call)
        break
      }
      case 'reached Stytch':
        Object.assign(calls.get(entry.call) ?? {}, { reachedAt: entry.at, effect: entry.effect })
        break
      case 'answered':
        Object.assign(calls.get(entry.call) ?? {}, { answered: { ...entry, index } })
        break
      case 'page read':
        invocation?.pages.push({ ...entry, index })
        break
      case 'row stored':
        invocation?.stored.push({ ...entry, index })
        break
      case 'counted':
        invocation?.counted.push(entry)
        break
      case 'remembered':
        invocation?.remembered.push({ ...entry, index })
        break
      case 'outcome':
        invocation?.outcomes.push(entry.line)
        break
      case 'ended':
        Object.assign(invocation ?? {}, { failures: entry.failures })
        break
      case 'crashed':
        Object.assign(invocation ?? {}, { crashed: { ...entry, index }, overAt: entry.at })
        break
      case 'acknowledged':
        Object.assign(invocation ?? {}, { acknowledged: { ...entry, index }, overAt: entry.at })
        break
      default:
    }
  }
  return { run, messages, invocations, calls }
}
