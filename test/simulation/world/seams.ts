import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Config } from '../../../functions/require-reset/config.ts'
import type { Effects } from '../../../functions/require-reset/create-reset-batch.ts'
import type { SendMessages } from '../../../lib/queue/send-messages.ts'
import type { Environment } from './create-environment.ts'
import type { World } from './world.ts'

export type Client = { send: (command: unknown) => Promise<unknown> }
export type Handle = (event: SQSEvent, remainingMs: number) => Promise<SQSBatchResponse>

/** Where a deliberate bug can be put between the functions and their effects, without touching their code. */
export type Seams = {
  sqs?: (client: Client, world: World, environment: Environment) => Client
  dynamoDB?: (client: Client, world: World, environment: Environment) => Client
  fanOutSends?: (send: SendMessages, world: World) => SendMessages
  resetEffects?: (effects: Effects, world: World, environment: Environment) => Effects
  /** `create` makes the handler of an environment that has remembered nothing yet. */
  fanOut?: (create: () => Handle, world: World, environment: Environment) => Handle
  requireReset?: (
    create: (config?: Partial<Config>) => Handle,
    world: World,
    environment: Environment,
  ) => Handle
}
