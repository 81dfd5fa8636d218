import { REFERENCE_LATENCY_MS } from '../scale.ts'
import type { HandlerResult } from '../sections/measure-handlers.ts'
import { showSpread } from './show.ts'
import { toTable } from './to-table.ts'

/** A table for each latency, and one of what each member costs at Stytch and in DynamoDB; each with its title before it. */
export function toHandlerTables(handlers: readonly HandlerResult[], rounds: number): string[] {
  const at = (latency: number) => handlers.filter(({ latencyMs }) => latencyMs === latency)
  return [
    ...[...new Set(handlers.map(({ latencyMs }) => latencyMs))].flatMap((latency) => [
      `Stytch answers after ${latency} ms: median of ${rounds} (lowest–highest)`,
      toHandlerTable(at(latency)),
    ]),
    `Per member, at ${REFERENCE_LATENCY_MS} ms`,
    toCostTable(at(REFERENCE_LATENCY_MS)),
  ]
}

function toHandlerTable(handlers: readonly HandlerResult[]): string {
  return toTable(
    ['variant', 'in flight', 'members/s', 'of ideal', 'CPU µs per member', 'peak MB'],
    handlers.map(({ variant, inFlight, membersPerSecond, shareOfIdeal, cpuMicrosPerMember, peakRssMb }) => [
      variant,
      String(inFlight),
      showSpread(membersPerSecond),
      shareOfIdeal ? shareOfIdeal.median.toFixed(2) : '',
      showSpread(cpuMicrosPerMember),
      showSpread(peakRssMb),
    ]),
  )
}

function toCostTable(handlers: readonly HandlerResult[]): string {
  return toTable(
    ['variant', 'in flight', 'Stytch calls', 'DynamoDB requests', 'write units', 'read units'],
    handlers.map(({ variant, inFlight, perMember }) => [
      variant,
      String(inFlight),
      perMember.stytchCalls.median.toFixed(2),
      perMember.dynamoDbRequests.median.toFixed(2),
      perMember.writeUnits.median.toFixed(2),
      perMember.readUnits.median.toFixed(2),
    ]),
  )
}
