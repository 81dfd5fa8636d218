import type { Effects } from '../../../functions/require-reset/environment.ts'
import { CANARY_SOURCE } from '../../../lib/contract/canary.ts'
import type { Seams } from '../world/boot.ts'
import type { Bug } from './hunt.ts'
import { type Rewrite, rewriteBodies } from './messages.ts'

const RECENT_MS = 60_000

/** Bugs in whom require-reset passes on to end-sessions. */
export const passOnBugs: Record<string, Bug> = {
  'passes on before the ledger is written': {
    breaks: 'only who is reset is passed on',
    seams: {
      resetEffects: (effects) => ({
        ...effects,
        writeResets: async (rows) => {
          void effects
            .sleep(1000)
            .then(() => effects.writeResets(rows))
            .catch(() => {})
        },
      }),
    },
  },
  'passes on in a dry run': { breaks: 'only who is reset is passed on', seams: passingOnDryRuns() },
  'passes on where no sessions are to end': {
    breaks: 'only who is reset is passed on',
    seams: { requireReset: (create) => create({ sessionsQueueUrl: 'sessions' }) },
  },
  'passes on when it was tried instead of when it was reset': {
    breaks: 'only who is reset is passed on',
    seams: passedOn((body, now) => withMembers(body, (row) => ({ ...row, reset_at: toText(now) }))),
  },
  'does not pass on who is covered': {
    breaks: 'everyone reset is passed on',
    seams: sending(({ sendMessages, now }) => async (to, messages) => {
      const isRecent = (row: { reset_at: string }) => now() - Date.parse(row.reset_at) < RECENT_MS
      const recent = [...messages].flatMap((message) => {
        if (to !== 'sessions') return [message]
        const body = JSON.parse(message.body)
        const members = body.data.members.filter(isRecent)
        const data = { ...body.data, members }
        return members.length > 0 ? [{ ...message, body: JSON.stringify({ ...body, data }) }] : []
      })
      return sendMessages(to, recent as typeof messages)
    }),
  },
  'keeps a canary to itself': {
    breaks: 'everyone reset is passed on',
    seams: sending(({ sendMessages }) => (to, messages) => {
      const isKept = ({ body }: { body: string }) => to === 'sessions' && body.includes(CANARY_SOURCE)
      return sendMessages(
        to,
        [...messages].filter((message) => !isKept(message)),
      )
    }),
  },
  'acknowledges before people are passed on': {
    breaks: 'everyone reset is passed on',
    seams: sending(({ sendMessages }) => async (to, messages) => {
      if (to !== 'sessions') return sendMessages(to, messages)
      void sendMessages(to, messages).catch(() => {})
      return { refused: [] }
    }),
  },
  'gives who is passed on a new fence': {
    breaks: 'the fence is kept',
    seams: passedOn((body, now) => ({ ...body, fence: toText(now) })),
  },
}

function toText(ms: number): string {
  return new Date(ms).toISOString()
}

function sending(change: (effects: Effects) => Effects['sendMessages']): Seams {
  return { resetEffects: (effects) => ({ ...effects, sendMessages: change(effects) }) }
}

function passedOn(rewrite: Rewrite): Seams {
  return sending(({ sendMessages, now }) => rewriteBodies(sendMessages, 'sessions', rewrite, now))
}

function withMembers(body: Parameters<Rewrite>[0], change: (row: object) => object) {
  return { ...body, data: { ...body.data, members: body.data.members.map(change) } }
}

function passingOnDryRuns(): Seams {
  const sends = new WeakMap<object, Effects>()
  return {
    resetEffects: (effects, _, environment) => {
      sends.set(environment, effects)
      return effects
    },
    requireReset: (create, _, environment) => {
      const handle = create()
      return async (event, remainingMs) => {
        const { sendMessages, now } = sends.get(environment) ?? {}
        const dry = event.Records.map(({ body }) => JSON.parse(body)).filter(
          ({ data }) => data.mode === 'dry_run',
        )
        const bodies = dry.map((body) =>
          withMembers(body, (row) => ({ ...row, reset_at: toText(now?.() ?? 0) })),
        )
        await sendMessages?.(
          'sessions',
          bodies.map((body) => ({ body: JSON.stringify(body) })),
        )
        return handle(event, remainingMs)
      }
    },
  }
}
