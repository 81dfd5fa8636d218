import type { Environment as FanOut } from '../../../functions/fan-out/fan-out-batch.ts'
import type { Seams } from '../world/boot.ts'
import { SENDER_IDS } from '../world/senders.ts'
import type { Bug } from './hunt.ts'
import { type Rewrite, rewriteBodies } from './messages.ts'

/** Bugs in what limits the whole stage, and in what waits for the decision of an operator. */
export const decisionBugs: Record<string, Bug> = {
  'ignores the hourly limit of the stage': {
    breaks: 'the hourly limit holds',
    seams: fanningOut(({ config }) => ({ config: { ...config, maxMembersPerHour: undefined } })),
  },
  'counts an event for its source before it looks at the hour of the stage': {
    breaks: 'who is refused takes no room',
    seams: fanningOut(({ consumeQuota }) => ({
      consumeQuota: async (message, quotas, members) => {
        for (const quota of quotas) {
          const full = await consumeQuota({ ...message, receives: 1 }, [quota], members)
          if (full) return full
        }
        return undefined
      },
    })),
  },
  'takes every sender for the one that is allowed': {
    breaks: 'wrong senders reset nobody',
    seed: 39,
    seams: {
      fanOut: (create) => {
        const handle = create()
        return (event, remainingMs) => {
          const Records = event.Records.map((record) => ({
            ...record,
            attributes: { ...record.attributes, SenderId: SENDER_IDS.producer },
          }))
          return handle({ Records }, remainingMs)
        }
      },
    },
  },
  'keeps no event of a dry run': {
    breaks: 'dry runs of the stage are kept',
    seams: fanningOut(({ config }) => ({ config: { ...config, rehearsedQueueUrl: undefined } })),
  },
  'goes on when an event of a dry run can not be kept': {
    breaks: 'dry runs of the stage are kept',
    seams: fanningOut(({ sendMessages }) => ({
      sendMessages: async (to, messages) => {
        if (to !== 'rehearsed') return sendMessages(to, messages)
        return sendMessages(to, messages).catch(() => ({ refused: [] }))
      },
    })),
  },
  'keeps an event of a dry run without its fence': {
    breaks: 'the fence is kept',
    seams: kept((body) => ({ ...body, fence: undefined })),
  },
  'keeps an event of a dry run as a redrive of it': {
    breaks: 'runs and indices are kept',
    seams: kept((body) => ({ ...body, resetrun: 'breach-1' })),
  },
  'keeps events that are dry runs themselves': {
    breaks: 'nothing else is kept',
    seams: fanningOut(({ config, sendMessages }) => ({
      sendMessages: async (to, messages) => {
        const all = [...messages]
        const dry = all.filter(({ body }) => to === 'reset' && JSON.parse(body).data.mode === 'dry_run')
        if (config.mode === 'dry_run' && dry.length > 0) await sendMessages('rehearsed', dry)
        return sendMessages(to, all)
      },
    })),
  },
  'says of each letter that it can be redriven': {
    breaks: 'uncertain resets are reported',
    seams: {
      resetEffects: (effects) => ({
        ...effects,
        sendMessages: (to, messages) =>
          effects.sendMessages(
            to,
            [...messages].map((message) => ({
              ...message,
              attributes: { ...message.attributes, ...(to === 'dead-letter' && { redrive: 'again' }) },
            })),
          ),
      }),
    },
  },
  'believes the letters of everyone': {
    breaks: 'nobody is reset by a letter that nobody named',
    seams: { believed: new Set(Object.values(SENDER_IDS)) },
  },
}

function fanningOut(change: (effects: FanOut) => Partial<FanOut>): Seams {
  return { fanOutEffects: (effects) => ({ ...effects, ...change(effects) }) }
}

function kept(rewrite: Rewrite): Seams {
  return fanningOut(({ sendMessages, now }) => ({
    sendMessages: rewriteBodies(sendMessages, 'rehearsed', rewrite, now),
  }))
}

/** Gives back what was counted for an event that is refused, that many times. */
