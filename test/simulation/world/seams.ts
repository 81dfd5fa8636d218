import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Config as FanOutConfig } from '../../../functions/fan-out/config.ts'
import type { Config } from '../../../functions/require-reset/config.ts'
import type { Effects } from '../../../functions/require-reset/create-reset-batch.ts'
import type { SendMessages } from '../../../lib/queue/send-messages.ts'
import type { CountMembers } from '../../../lib/quota/create-count-members.ts'
import type { Environment } from './create-environment.ts'
import type { World } from './world.ts'

export type Client = { send: (command: unknown) => Promise<unknown> }
export type Handle = (event: SQSEvent, remainingMs: number) => Promise<SQSBatchResponse>

/** Where a deliberate bug can be put between the functions and their effects, without touching their code. */
export type Seams = {
  sqs?: (client: Client, world: World, environment: Environment) => Client
  dynamoDB?: (client: Client, world: World, environment: Environment) => Client
  quota?: (client: Client) => Client
  countMembers?: (count: CountMembers, world: World) => CountMembers
  fanOutConfig?: (config: FanOutConfig) => FanOutConfig
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
