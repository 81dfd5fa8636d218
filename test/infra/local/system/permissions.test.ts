import { expect, it } from 'vitest'
import type { AwsCall } from '../../../../infra/local/aws-endpoint.ts'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, deadLettered, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

type Statement = { Effect: string; Action: string | string[]; Resource: unknown }
const ROLES = ['FanOut', 'RequireReset', 'EndSessions']
const ACTIONS: Record<string, string> = { SendMessageBatch: 'SendMessage' }
const SERVICES: Partial<Record<AwsCall['service'], string>> = { eventbridge: 'events' }

/** The logical id of the resource in a request, or the name of an event bus. */
function targetOf({ body }: AwsCall): string | undefined {
  const { QueueUrl, SecretId, TableName, RequestItems, Entries } = body as Record<string, string> & {
    RequestItems?: object
    Entries?: { EventBusName?: string }[]
  }
  return (
    QueueUrl?.split('/').at(-1) ??
    SecretId?.split(':').at(-1) ??
    TableName ??
    Object.keys(RequestItems ?? {})[0] ??
    Entries?.[0]?.EventBusName
  )
}

function isAllowed(system: LocalSystem, call: AwsCall): boolean {
  const resources = Object.entries(system.template.Resources)
  const policies = resources.filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
  const role = ROLES.find((name) => call.caller.startsWith(name)) ?? ''
  const statements = policies
    .filter(([logicalId]) => logicalId.startsWith(role))
    .flatMap(
      ([, { Properties }]) =>
        (Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement,
    )
  const action = `${SERVICES[call.service] ?? call.service}:${ACTIONS[call.action] ?? call.action}`
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' &&
      [Action].flat().includes(action) &&
      JSON.stringify(Resource)
        .match(/[\w-]+(?=")/g)
        ?.includes(targetOf(call) ?? ''),
  )
}

it('every request the functions make is allowed by their roles in the template', async () => {
  const calls: AwsCall[] = []
  const system = await startLocalSystem({
    stageName: 'local',
    stage: {
      ...stages.local,
      stytchRequestsPerSecond: 1000,
      sources: { '*': { maxMembersPerHour: 10_000 } },
    },
    intercept: async (call) => {
      if (ROLES.some((name) => call.caller.startsWith(name))) calls.push(call)
      return 'pass'
    },
  })
  try {
    const { emails, event } = addCrowd(system, 'permitted', { size: 60, failing: 2 })
    system.stytch.fault({ kind: 'server_error', email: emails[5] ?? '' })
    system.stytch.fault({ kind: 'server_error', endpoint: 'revoke', email: emails[6] ?? '' })
    system.stytch.fault({
      ...{ kind: 'error', status: 400, errorType: 'member_error' },
      ...{ endpoint: 'revoke', email: emails[7] ?? '' },
    })
    await send(system, event)
    // Ends in require-reset, and the other event in end-sessions.
    await send(system, addCrowd(system, 'refused', { size: 1, failing: 1 }).event)
    await waitUntil(
      'the deferred people and the dead letters to be sent',
      () =>
        [system.queues.reset, system.queues.sessions].every(
          (queue) => queue && system.inspector.depth(queue.url).delayed > 0,
        ) && deadLettered(system).size === 4,
    )
    system.stytch.clearFaults()
    for (const queue of [system.queues.reset, system.queues.sessions])
      if (queue) system.inspector.letTimePass(queue.url)
    await waitUntil('the queues to be drained', () => isDrained(system))

    expect(
      calls.filter((call) => !isAllowed(system, call)).map(({ caller, action }) => [caller, action]),
    ).toEqual([])
    const actionsOf = (role: string) =>
      new Set(calls.filter(({ caller }) => caller.startsWith(role)).map(({ action }) => action))
    const ofAll = ['SendMessageBatch', 'PutItem', 'Query', 'PutEvents']
    const ofSteps = [...ofAll, 'GetSecretValue', 'GetItem', 'BatchGetItem', 'BatchWriteItem']
    expect(actionsOf('FanOut')).toEqual(new Set([...ofAll, 'GetItem', 'UpdateItem']))
    expect(actionsOf('RequireReset')).toEqual(new Set(ofSteps))
    expect(actionsOf('EndSessions')).toEqual(new Set(ofSteps))
  } finally {
    await system.stop()
  }
})
