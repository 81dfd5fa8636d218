/** The peers as their queue and function are set up: AWS's rule of six function timeouts for the visibility, and five receives. */
export const PEERS = {
  'peer-a': { functionTimeoutSeconds: 10 },
  'peer-b': { functionTimeoutSeconds: 60 },
} as const

export type PeerName = keyof typeof PEERS

export const MAX_RECEIVE_COUNT = 5
export const VISIBILITY_PER_TIMEOUT = 6
/** The default of an SQS event source mapping. */
export const RECORDS_PER_BATCH = 10
