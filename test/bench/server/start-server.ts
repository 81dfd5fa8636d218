import path from 'node:path'
import type { Certificate } from '../create-certificate.ts'
import { startProcess } from '../start-process.ts'
import type { Counts } from './counts.ts'
import type { FromServer, ToServer } from './messages.ts'

export type BenchServer = {
  stytchUrl: string
  awsUrl: string
  /** How long Stytch takes from now on, in ms. Resolves to what was counted since the last time. */
  setLatency(ms: number): Promise<Counts>
  stop(): Promise<void>
}

/** Starts the process that answers for Stytch and AWS on free ports of 127.0.0.1. */
export async function startServer({ key, cert }: Certificate): Promise<BenchServer> {
  const server = startProcess<ToServer, FromServer>(path.join(import.meta.dirname, 'main.ts'), {
    env: { ...process.env, BENCH_KEY: key, BENCH_CERTIFICATE: cert },
  })
  const urls = await server.hear()
  if (!('stytchUrl' in urls)) throw new Error('the server of the benchmark did not say where it listens')
  return {
    ...urls,
    setLatency: async (latencyMs) => {
      const answer = await server.ask({ latencyMs })
      if (!('counts' in answer)) throw new Error('the server of the benchmark did not count')
      return answer.counts
    },
    stop: server.stop,
  }
}
