import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Step } from '../scenario/faults-at.ts'
import type { Environment } from './create-environment.ts'
import type { Answering, World } from './world.ts'

type Action = Parameters<World['quota']>[0]

/** The quota table as one execution environment sees it. */
export function createQuotaClient({ quota, note }: World, environment: Environment) {
  const totalOf = (id: string) =>
    Number(quota('getItem', { TableName: 'quota', Key: { id: { S: id } } }).Item?.total?.N ?? 0)

  function serve(action: Action, input: object, id: string, { invocation }: Answering) {
    const [kind, name = ''] = id.split(' ')
    const before = totalOf(id)
    const answer = quota(action, input)
    note({ what: 'said', text: JSON.stringify(input) })
    if (answer.isRefused) return answer
    if (action === 'updateItem') note({ what: 'counted', invocation, name, members: totalOf(id) - before })
    if (action === 'putItem' && kind === 'message') note({ what: 'remembered', invocation, message: name })
    return answer
  }

  async function perform(step: Step, action: Action, input: object, id = ''): Promise<unknown> {
    const answer = await environment.perform(step, (answering) => serve(action, input, id, answering))
    if (answer.isRefused) throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} })
    return answer
  }

  return async (command: unknown): Promise<unknown> => {
    if (command instanceof UpdateItemCommand)
      return perform('count members', 'updateItem', command.input, command.input.Key?.id?.S)
    if (command instanceof GetItemCommand)
      return perform('read quota', 'getItem', command.input, command.input.Key?.id?.S)
    if (command instanceof PutItemCommand)
      return perform('write quota', 'putItem', command.input, command.input.Item?.id?.S)
    throw new Error('DynamoDB is asked for nothing else')
  }
}
