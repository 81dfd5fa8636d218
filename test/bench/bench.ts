import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generate } from 'selfsigned'
import { createCleanUp } from '../../infra/local/local-system.ts'
import type { Counts, FromServer, ToServer } from './server.ts'
import { startProcess } from './start-process.ts'
import { type Bundles, bundleVariants } from './variants.ts'

/** What the measurements of the handlers share. */
export type Bench = {
  bundles: Bundles
  certificate: Certificate
  server: BenchServer
  keep: Keep
  /** Stops the server and removes the temporary folder. */
  stop(): Promise<void>
}

/** Bundles the variants and starts the server. Leaves nothing behind when one of them fails. */
export async function startBench(keep: Keep): Promise<Bench> {
  const cleanUp = createCleanUp()
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'breach-reset-bench-'))
    cleanUp.add(() => rm(folder, { recursive: true, force: true }))
    const certificate = await createCertificate(folder)
    const server = cleanUp.keep(await startServer(certificate))
    const bundles = await bundleVariants(path.join(folder, 'bundles'))
    return { bundles, certificate, server, keep, stop: cleanUp.run }
  } catch (error) {
    await cleanUp.run()
    throw error
  }
}

/** Remembers what is being started, so that it is stopped in any case. Resolves to what was started. */
export type Keep = <Part extends { stop(): Promise<unknown> }>(starting: Promise<Part>) => Promise<Part>

/** Remembers what the measurements start. `stopAll` stops it, the last started first; stopping something twice does no harm. */
export function createKeep(): { keep: Keep; stopAll(): Promise<void> } {
  const kept: Promise<{ stop(): Promise<unknown> }>[] = []
  return {
    keep: (starting) => {
      kept.push(starting)
      return starting
    },
    async stopAll() {
      for (const starting of kept.toReversed())
        await starting.then(
          (part) => part.stop(),
          () => {},
        )
    },
  }
}

export type Certificate = { key: string; cert: string; file: string }

/** Makes a key and a certificate for 127.0.0.1, and writes the certificate to a file in the folder, for NODE_EXTRA_CA_CERTS. */
export async function createCertificate(folder: string): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Breach Reset benchmark' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  const file = path.join(folder, 'certificate.pem')
  await writeFile(file, cert)
  return { key, cert, file }
}

type BenchServer = {
  stytchUrl: string
  awsUrl: string
  /** Sets how long Stytch takes to answer, in ms. Resolves to what was counted since the previous call. */
  setLatency(ms: number): Promise<Counts>
  stop(): Promise<void>
}

/** Starts the process that plays Stytch and AWS, on free ports of 127.0.0.1. */
async function startServer({ key, cert }: Certificate): Promise<BenchServer> {
  const server = startProcess<ToServer, FromServer>(path.join(import.meta.dirname, 'server.ts'), {
    env: { ...process.env, BENCH_KEY: key, BENCH_CERTIFICATE: cert },
  })
  const urls = await server.next()
  if (!('stytchUrl' in urls)) throw new Error('the benchmark server did not report its addresses')
  return {
    ...urls,
    setLatency: async (latencyMs) => {
      const answer = await server.ask({ latencyMs })
      if (!('counts' in answer)) throw new Error('the benchmark server did not report its counts')
      return answer.counts
    },
    stop: server.stop,
  }
}
