import { REFERENCE_LATENCY_MS } from '../scale.ts'
import { settingsForShare } from '../settings-for-share.ts'
import type { VariantName } from '../variants/variants.ts'
import type { HandlerResult } from './measure-handlers.ts'
import { type Dollars, toDollars } from './to-dollars.ts'

export const MEMORY_SIZES_MB = [128, 256, 512, 1024] as const
/** The peak may take so much of the memory: above it, one larger answer or a longer batch would end the process. */
const MAX_SHARE_OF_MEMORY = 0.8

/** Dollars per million members at 50 ms, by memory size. `memoryMb`: the smallest size that leaves a fifth of itself free. */
export type PriceResult = {
  variant: VariantName
  inFlight: number
  memoryMb: number
  membersPerMessage: number
  dollars: Dollars
  lambdaTimeByMemory: Record<number, number>
}

/** The peers are given an event as it comes: one message with everybody, here of 500. */
const PEER_DELIVERY = { membersPerMessage: 500, recordsPerBatch: 1 }

/** Prices what was measured at 50 ms. Our messages are cut as if each environment's share of the rate were the measured members per second. */
export function priceHandlers(handlers: readonly HandlerResult[]): PriceResult[] {
  return handlers
    .filter(({ latencyMs }) => latencyMs === REFERENCE_LATENCY_MS)
    .map(({ variant, inFlight, membersPerSecond, cpuMicrosPerMember, peakRssMb, perMember }) => {
      const need = {
        wallSeconds: 1 / membersPerSecond.median,
        cpuSeconds: cpuMicrosPerMember.median / 1e6,
        writeUnits: perMember.writeUnits.median,
        readUnits: perMember.readUnits.median,
      }
      const share = Math.max(1, Math.floor(membersPerSecond.median))
      const delivery = variant.startsWith('peer') ? PEER_DELIVERY : settingsForShare(share)
      const price = (memoryMb: number) => toDollars(need, memoryMb, delivery)
      const memoryMb = smallestSize(peakRssMb.median)
      return {
        ...{ variant, inFlight, memoryMb, dollars: price(memoryMb) },
        membersPerMessage: delivery.membersPerMessage,
        lambdaTimeByMemory: Object.fromEntries(MEMORY_SIZES_MB.map((size) => [size, price(size).lambdaTime])),
      }
    })
}

function smallestSize(peakMb: number): number {
  return MEMORY_SIZES_MB.find((size) => peakMb <= MAX_SHARE_OF_MEMORY * size) ?? Number.POSITIVE_INFINITY
}
