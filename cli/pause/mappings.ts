import { setTimeout } from 'node:timers/promises'
import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'

/** Each function, and the output of the stack that has the id of its event source mapping. */
export const MAPPING_OUTPUTS = {
  'fan-out': 'FanOutMapping',
  'require-reset': 'RequireResetMapping',
  'end-sessions': 'EndSessionsMapping',
} as const

export type FunctionName = keyof typeof MAPPING_OUTPUTS
export type Mapping = { name: FunctionName; uuid: string }

/** The event source mappings that outputs of a stack name. */
export function toMappings(outputs: Partial<Record<string, string>>): Mapping[] {
  return Object.entries(MAPPING_OUTPUTS).flatMap(([name, output]) => {
    const uuid = outputs[output]
    return uuid === undefined ? [] : [{ name: name as FunctionName, uuid }]
  })
}

export type Switching = {
  lambda: LambdaClient
  signal: AbortSignal
  sleep?: (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>
  /** In ms. */
  now?: () => number
}

const LOOK_EVERY_MS = 1000
const PATIENCE_MS = 5 * 60_000

/**
 * Enables or disables an event source mapping, and waits up to 5 minutes until AWS says that it is. Resolves to its last state. AWS takes no
 * change while another one is under way, may throttle, and may answer with a state of before: what is not as wanted is asked for again.
 */
export async function switchMapping(
  { uuid }: Mapping,
  Enabled: boolean,
  { lambda, signal, sleep = setTimeout, now = Date.now }: Switching,
): Promise<string> {
  const [wanted, opposite] = Enabled ? ['Enabled', 'Disabled'] : ['Disabled', 'Enabled']
  const endsAt = now() + PATIENCE_MS
  for (;;) {
    const state = await readState(lambda, uuid)
    if (state === wanted || now() >= endsAt) return state
    if (state === opposite)
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled })).catch(unlessBusy)
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

/** What AWS says of an event source mapping. Rejects with a sentence. */
export async function readState(lambda: LambdaClient, UUID: string): Promise<string> {
  const { State = 'unknown' } = await lambda.send(new GetEventSourceMappingCommand({ UUID }))
  return State
}

const BUSY = new Set(['ResourceInUseException', 'ResourceConflictException', 'TooManyRequestsException'])

function unlessBusy(error: Error): void {
  if (!BUSY.has(error.name)) throw error
}
