import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createCleanUp } from '../../infra/local/local-system.ts'
import { type Bundles, bundleVariants } from './bundle-variants.ts'
import { type Certificate, createCertificate } from './create-certificate.ts'
import { type BenchServer, startServer } from './server/start-server.ts'

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
