import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import { constructIdOf } from '../cloudwatch/read-alarms.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { addCrowd, countResets, send, signedIn } from '../infra/local/system/crowd.ts'
import type { Drill } from './drill.ts'
import { type DrilledSystem, demand, startDrilledSystem } from './drilled-system.ts'
import { DRILL_STAGE } from './stage.ts'

const EVENTS = ['rehearsed-1', 'rehearsed-2', 'rehearsed-3'] as const
const MEMBERS = 300
const { source } = breachEvent()
const SOURCE = new RegExp(source)

/** A stage is switched on, and what it saw as a dry run is done after all. */
export const rehearsed: Drill = {
  goal: `${EVENTS.length} events of ${MEMBERS} members in a dry run: after the switch to enforce everyone is reset, and no producer is asked to send again`,
  async play(transcript, cleanUp) {
    const dry = await startDrilledSystem({ ...DRILL_STAGE, mode: 'dry_run' }, transcript, cleanUp)
    const emails: string[] = []
    transcript.begin()
    for (const name of EVENTS) {
      const crowd = addCrowd(dry.system, name, { size: MEMBERS })
      emails.push(...crowd.emails)
      await send(dry.system, crowd.event)
    }
    transcript.happens(`producers send ${EVENTS.length} events of ${MEMBERS} members`)
    await dry.untilDrained()
    demand(dry.system.stytch.calls().length === 0, 'the dry run has called Stytch')
    const { system, type, untilDrained } = await switchOn(dry, () =>
      startDrilledSystem(DRILL_STAGE, transcript, cleanUp),
    )
    for (const name of EVENTS) addCrowd(system, name, { size: MEMBERS })
    transcript.happens("the stage's mode is set to enforce and deployed")
    await type('redrive --stage prod --rehearsed', SOURCE)
    await type(`redrive --stage prod --rehearsed --source ${source} --go`, SOURCE)
    await untilDrained()
    const resets = [...countResets(system, emails).values()]
    demand(
      resets.every((count) => count === 1),
      `${resets.filter((count) => count !== 1).length} people were not reset exactly once`,
    )
    const { length } = signedIn(system, emails)
    demand(length === 0, `${length} people are still signed in`)
  },
}

/** What a deploy does: the functions enforce, and the queue keeps what is on it, from the function that sent it. */
async function switchOn(dry: DrilledSystem, start: () => Promise<DrilledSystem>): Promise<DrilledSystem> {
  const kept = dry.system.inspector.messages(dry.system.queues.rehearsed.url)
  const { system, ...on } = await start()
  const sqs = asFunction(system, 'FanOut')
  for (const { body, attributes } of kept) {
    const named = Object.entries(attributes).map(
      ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
    )
    await sqs.send(
      new SendMessageCommand({
        ...{ QueueUrl: system.queues.rehearsed.url, MessageBody: body },
        MessageAttributes: Object.fromEntries(named),
      }),
    )
  }
  sqs.destroy()
  await dry.system.stop()
  return { system, ...on }
}

/** A client whose messages SQS takes for a function's. */
function asFunction({ template, endpoints, token }: LocalSystem, constructId: string): SQSClient {
  const [name = ''] = Object.entries(template.Resources).flatMap(([logicalId, { Type }]) =>
    Type === 'AWS::Lambda::Function' && constructIdOf(logicalId) === constructId ? logicalId : [],
  )
  const credentials = { accessKeyId: name, secretAccessKey: name, sessionToken: token }
  return new SQSClient({ endpoint: endpoints.sqs, region: 'us-east-1', credentials })
}
