import type { Counts } from './counts.ts'

/** What the benchmark tells its server process. Each is answered with what was counted since the last one. */
export type ToServer = { latencyMs: number }

/** The first message says where the server listens. */
export type FromServer = { stytchUrl: string; awsUrl: string } | { counts: Counts }
