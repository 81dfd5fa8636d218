import { once } from 'node:events'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { NOTHING } from './counts.ts'
import { createAwsEndpoint } from './create-aws-endpoint.ts'
import { createStytchEndpoint } from './create-stytch-endpoint.ts'
import type { FromServer, ToServer } from './messages.ts'

/** The process that answers for Stytch and AWS, so that its CPU is not counted as a handler's. Key and certificate come in the environment. */
const { BENCH_KEY: key = '', BENCH_CERTIFICATE: cert = '' } = process.env
const state = { latencyMs: 0, counts: { ...NOTHING } }
const say = (message: FromServer) => process.send?.(message)

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const tls = { key, cert }
const stytchPort = await listen(createStytchEndpoint(tls, state))
const awsPort = await listen(createAwsEndpoint(tls, state))
process.on('message', ({ latencyMs }: ToServer) => {
  state.latencyMs = latencyMs
  say({ counts: state.counts })
  state.counts = { ...NOTHING }
})
process.on('disconnect', () => process.exit())
say({ stytchUrl: `https://127.0.0.1:${stytchPort}`, awsUrl: `https://127.0.0.1:${awsPort}` })
