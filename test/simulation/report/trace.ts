import { readBody } from '../invariants/trace.ts'
import type { Entry } from '../world/journal.ts'
import type { Run } from '../world/play.ts'
import type { World } from '../world/world.ts'

/** Formats the journal of a run: seconds after the start, and what happened. People are numbers. */
export function formatTrace({ journal, world }: Run): string[] {
  return journal
    .filter(({ what }) => what !== 'output')
    .map((entry) => `${toSeconds(entry.at - world.startedAt).padStart(12)}  ${describe(entry, world)}`)
}

function describe(entry: Entry, { startedAt, people }: World): string {
  const seconds = (at: number) => toSeconds(at - startedAt)
  switch (entry.what) {
    case 'sent': {
      const { json, rows, bad } = readBody(entry.body, people.named)
      const who = [...rows.keys(), ...(bad > 0 ? [`${bad} bad rows`] : [])].join(' ')
      const why = entry.attributes['failure-code'] ? ` (${entry.attributes['failure-code']})` : ''
      const delay = entry.delaySeconds > 0 ? `, visible after ${entry.delaySeconds} s` : ''
      return `${entry.by} sent ${entry.message}: ${json ? `${json.id} of ${who}` : 'no event'}${why}${delay}`
    }
    case 'invoked': {
      const received = entry.received.map(({ message, receives }) => `${message} (receive ${receives})`)
      return `${entry.invocation} on ${entry.fresh ? 'the new ' : ''}${entry.environment} received ${received.join(', ')}`
    }
    case 'page read':
      return `${entry.invocation} read the ledger: ${entry.resets.map(([who, at]) => `${who} ${at ? `reset at ${seconds(at)}` : 'not reset'}`).join(', ')}`
    case 'called':
      return `${entry.invocation} called ${entry.person} (call ${entry.call})`
    case 'reached Stytch':
      return `call ${entry.call} reached Stytch${entry.effect ? ': password reset' : ''}`
    case 'answered':
      return `call ${entry.call} ended with ${entry.as}`
    case 'ended read':
      return `${entry.invocation} read the ledger: ${entry.ended.map(([who, at]) => `${who} ${at ? `ended for ${seconds(at)}` : 'not ended'}`).join(', ')}`
    case 'asked':
      return `${entry.invocation} asked to ${entry.endpoint} ${entry.member ?? entry.people.join(' ')} (ask ${entry.ask})`
    case 'ask reached Stytch':
      return `ask ${entry.ask} reached Stytch: ended ${entry.revoked}, open since ${entry.open.map(seconds).join(' ')}`
    case 'ask answered':
      return `ask ${entry.ask} ended with ${entry.as}`
    case 'row stored':
      return `${entry.invocation} wrote ${entry.person} ${entry.kind}${Number.isNaN(entry.resetAt) ? '' : ` at ${seconds(entry.resetAt)}`}`
    case 'call noted':
      return `${entry.invocation} noted an ${entry.kind} call of ${entry.person} at ${seconds(entry.calledAt)}`
    case 'counted':
      return `${entry.invocation} counted ${entry.members} members of ${entry.name}`
    case 'remembered':
      return `${entry.invocation} remembered ${entry.message}`
    case 'outcome':
      return `${entry.invocation} logged ${entry.line.outcome} ${entry.line.code ?? ''}`
    case 'measured':
      return `${entry.invocation} counted ${entry.name}`
    case 'keeps facts':
      return `${entry.invocation} begins to ${entry.step}`
    case 'fact put':
      return `a fact is there, of ${entry.invocation}: ${describeFact(entry.item)}`
    case 'said':
      return `${entry.invocation} said ${entry.detail}`
    case 'fault':
    case 'brownout':
      return `${entry.what.toUpperCase()} ${entry.fault} at "${entry.step}"`
    case 'rejected by AWS':
      return `REJECTED at "${entry.step}": ${entry.why}`
    case 'crashed':
      return `${entry.environment} died: ${entry.why}`
    case 'ended':
      return `${entry.invocation} answered${entry.failures.length > 0 ? `, failed: ${entry.failures.join(', ')}` : ''}`
    case 'acknowledged':
      return `${entry.invocation}: deleted ${entry.messages.join(', ') || 'nothing'}`
    case 'clock set':
      return `the clock of ${entry.environment} was set by ${toSeconds(entry.by)} s`
    case 'chose a password':
      return `${entry.person} chose a new password`
    case 'signed in':
      return `${entry.member} signed in`
    case 'member deleted':
      return `${entry.member} was deleted`
    case 'session exchanged':
      return `a session of ${entry.from} was exchanged for one of ${entry.member}`
    case 'moved to the dead-letter queue by SQS':
      return `${entry.message} was ${entry.what}`
    case 'output':
      return entry.text
  }
}

function describeFact(item: Extract<Entry, { what: 'fact put' }>['item']): string {
  return Object.entries(item)
    .map(([name, { S, N }]) => `${name} ${S ?? N}`)
    .join(', ')
}

function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
