import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generate } from 'selfsigned'
import { createCleanUp } from '../../infra/local/local-system.ts'
import type { Counts, FromServer, ToServer } from './server.ts'
import { startProcess } from './start-process.ts'
import { type Bundles, bundleVariants } from './variants.ts'

/** What every measurement needs. */
export type Bench = {
  bundles: Bundles
  certificate: Certificate
  server: BenchServer
  /** Keeps what must be undone if the benchmark stops now. Returns how to forget it. */
  remember(undo: () => Promise<void>): () => void
  /** Ends every process and removes the temporary folder. */
  stop(): Promise<void>
}

/** Bundles the variants, starts the server. What fails half-way leaves nothing behind. */
export async function startBench(): Promise<Bench> {
  const cleanUp = createCleanUp()
  const undone = new Set<() => Promise<void>>()
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'breach-reset-bench-'))
    cleanUp.add(() => rm(folder, { recursive: true, force: true }))
    const certificate = await createCertificate(folder)
    const server = cleanUp.keep(await startServer(certificate))
    cleanUp.add(() => Promise.all([...undone].map((undo) => undo())))
    const bundles = await bundleVariants(path.join(folder, 'bundles'))
    return {
      bundles,
      certificate,
      server,
      remember: (undo) => {
        undone.add(undo)
        return () => void undone.delete(undo)
      },
      stop: cleanUp.run,
    }
  } catch (error) {
    await cleanUp.run()
    throw error
  }
}

export type Certificate = { key: string; cert: string; file: string }

/** Makes a key and a certificate for 127.0.0.1 and leaves the certificate in the folder, for NODE_EXTRA_CA_CERTS. */
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
  /** How long Stytch takes from now on, in ms. Resolves to what was counted since the last time. */
  setLatency(ms: number): Promise<Counts>
  stop(): Promise<void>
}

/** Starts the process that answers for Stytch and AWS on free ports of 127.0.0.1. */
async function startServer({ key, cert }: Certificate): Promise<BenchServer> {
  const server = startProcess<ToServer, FromServer>(path.join(import.meta.dirname, 'server.ts'), {
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

/** Takes note of what is being started, so that it is stopped whatever happens, and resolves to it. */
export type Keep = <Part extends { stop(): Promise<unknown> }>(starting: Promise<Part>) => Promise<Part>

/** Keeps what measurements start. `stopAll` stops it, last started first; to stop something twice does no harm. */
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
