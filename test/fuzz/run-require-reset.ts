import type fc from 'fast-check'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import { judgeAnswer, type Verdict } from '../../lib/stytch/judge-answer.ts'
import { createResetWorld } from '../fakes/create-reset-world.ts'
import { PLANTED } from './planted.ts'
import type { resetWorldScript } from './reset-world-script.ts'

type Script = typeof resetWorldScript extends fc.Arbitrary<infer Value> ? Value : never

/**
 * Runs one batch through require-reset in a world that follows a script, and whose errors quote what must not be told.
 * `unsent`: messages that could not be sent. `verdicts`: the calls, and what was answered.
 */
export async function runRequireReset(bodies: readonly string[], script: Script) {
  const { answers, sendings, writes } = structuredClone(script)
  const unsent: OutgoingMessage[] = []
  const verdicts: { email: string; kind: Verdict['kind'] }[] = []
  const fail = () => {
    throw new Error(`${PLANTED.email}: ${PLANTED.password}`)
  }
  const world = createResetWorld({
    config: { mode: script.mode },
    effects: {
      checkSentinel: async () => (script.sentinel === 'fails' ? fail() : script.sentinel),
      readSecret: async (name) => (script.secret === 'fails' ? fail() : world.secrets[name]),
      readResets: async () => (script.read === 'fails' ? fail() : new Map()),
      writeRows: async (rows) => {
        if (writes.shift() === 'fails') fail()
        for (const row of rows) world.rows.set(`${row.person} ${row.kind}`, row)
      },
      requireReset: async (member) => {
        const answer = answers.shift() ?? {
          kind: 'answered',
          status: 200,
          body: RESET,
          retryAfter: undefined,
        }
        verdicts.push({
          email: member.email_address.toLowerCase(),
          kind: judgeAnswer(answer, member, 0).kind,
        })
        return answer
      },
      sendMessages: async (queue, messages) => {
        const sending = sendings.shift() ?? 'taken'
        if (sending === 'taken') world.sent[queue]?.push(...messages)
        else unsent.push(...messages)
        if (sending === 'unanswered') fail()
        return { refused: sending === 'refused' ? [...messages] : [] }
      },
    },
  })
  world.secrets.stytch = script.secret
  const { batchItemFailures } = await world.handle(bodies, script.remainingMs)
  const failed = batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.slice(1)))
  return { failed: new Set(failed), world, unsent, verdicts }
}

const RESET = '{"status_code":200,"request_id":"request-1"}'
