import { expect, it } from 'vitest'
import type { AwsCall } from '../../../../infra/local/aws-endpoint.ts'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, deadLettered, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

type Statement = { Effect: string; Action: string | string[]; Resource: unknown }
const ROLES = ['FanOut', 'RequireReset', 'EndSessions']
const ACTIONS: Record<string, string> = { SendMessageBatch: 'SendMessage' }

/** The logical id of the resource in a request. */
function targetOf({ body }: AwsCall): string | undefined {
  const { QueueUrl, SecretId, TableName, RequestItems } = body as Record<string, string> & {
    RequestItems?: object
  }
  return (
    QueueUrl?.split('/').at(-1) ??
    SecretId?.split(':').at(-1) ??
    TableName ??
    Object.keys(RequestItems ?? {})[0]
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
  const action = `${call.service}:${ACTIONS[call.action] ?? call.action}`
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' &&
      [Action].flat().includes(action) &&
      JSON.stringify(Resource).includes(`"${targetOf(call)}"`),
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
    await waitUntil(
      'the deferred people and the dead letters to be sent',
      () =>
        [system.queues.reset, system.queues.sessions].every(
          (queue) => queue && system.inspector.depth(queue.url).delayed > 0,
        ) && deadLettered(system).size === 3,
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
    const ofSteps = ['SendMessageBatch', 'GetSecretValue', 'GetItem', 'BatchGetItem', 'BatchWriteItem']
    expect(actionsOf('FanOut')).toEqual(new Set(['SendMessageBatch', 'GetItem', 'PutItem', 'UpdateItem']))
    expect(actionsOf('RequireReset')).toEqual(new Set([...ofSteps, 'PutItem']))
    expect(actionsOf('EndSessions')).toEqual(new Set(ofSteps))
  } finally {
    await system.stop()
  }
})
