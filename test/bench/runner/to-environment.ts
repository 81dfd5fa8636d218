import type * as z from 'zod'
import type { ConfigSchema } from '../../../functions/require-reset/config.ts'
import { CREDENTIALS, LEDGER_KEY, LEDGER_KEY_SECRET, STYTCH_SECRET } from '../made-up.ts'
import { settingsForShare } from '../settings-for-share.ts'
import type { Bench } from '../start-bench.ts'

/** Calls per second of an environment that has one call in flight for a quarter of a second each. */
const CALLS_PER_SECOND_IN_FLIGHT = 4

/** Who may wait for a row beside so many calls in flight, in a stage whose rate asks for as many. */
function awaitingTheirRow(inFlight: number): number {
  const { maxUnrecorded, callsInFlight } = settingsForShare(inFlight * CALLS_PER_SECOND_IN_FLIGHT)
  return maxUnrecorded - callsInFlight
}

/** The environment variables of every variant; each reads its own. The rate is so high that it is none. */
export function toEnvironment(
  { server, certificate }: Pick<Bench, 'server' | 'certificate'>,
  inFlight: number,
): Record<string, string> {
  const { project_id, secret } = CREDENTIALS
  const requireReset: Record<keyof z.input<typeof ConfigSchema>, string> = {
    STAGE: 'bench',
    MODE: 'enforce',
    RESET_QUEUE_URL: `${server.awsUrl}/000000000000/reset`,
    DEAD_LETTER_QUEUE_URL: `${server.awsUrl}/000000000000/dead-letter`,
    LEDGER_TABLE: 'ledger',
    LEDGER_KEY_SECRET,
    STYTCH_SECRET,
    STYTCH_BASE_URL: server.stytchUrl,
    STYTCH_REQUESTS_PER_SECOND: '1000000',
    STYTCH_CALLS_IN_FLIGHT: String(inFlight),
    MAX_UNRECORDED: String(inFlight + awaitingTheirRow(inFlight)),
    STYTCH_TIMEOUT_MS: '10000',
    SETTLE_RESERVE_MS: '12000',
    RETRY_HORIZON_HOURS: '24',
  }
  return {
    ...requireReset,
    NODE_EXTRA_CA_CERTS: certificate.file,
    AWS_ENDPOINT_URL_DYNAMODB: server.awsUrl,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.awsUrl,
    AWS_ENDPOINT_URL_SQS: server.awsUrl,
    // breach-reset-bare and the floor are not made to ask for their secrets.
    STYTCH_CREDENTIALS: JSON.stringify(CREDENTIALS),
    STYTCH_BASIC_AUTH: `${project_id}:${secret}`,
    LEDGER_KEY,
    IDEMPOTENCY_TABLE: 'idempotency',
  }
}
