import { type GetItemCommandOutput, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Config } from '../../../functions/fan-out/config.ts'
import { parseJson } from '../../../lib/contract/parse-json.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'
import type { ConsumeQuota } from '../../../lib/quota/hourly-quota.ts'
import { readBody } from '../invariants/trace.ts'
import type { Seams } from '../world/boot.ts'
import type { World } from '../world/world.ts'
import type { Bug } from './hunt.ts'
import { type Rewrite, rewriteBodies } from './messages.ts'

/** Bugs in what fan-out sends and acknowledges. */
export const fanOutBugs: Record<string, Bug> = {
  'computes the fence when it splits': {
    breaks: 'the fence is kept',
    seams: chunks((body, now) => ({ ...body, fence: new Date(now).toISOString() })),
  },
  'forgets the fence of a redriven dead letter': {
    breaks: 'the fence is kept',
    seed: 116,
    seams: receiving((body) => body.replace(/"fence":"[^"]*",?/, '')),
  },
  'judges what is ahead when it is handled': {
    breaks: 'the fence is kept',
    seed: 323,
    seams: {
      fanOut: (create, { timeline }) => {
        const handle = create()
        return (event, remainingMs) => {
          const SentTimestamp = String(timeline.now())
          const Records = event.Records.map((record) => ({
            ...record,
            attributes: { ...record.attributes, SentTimestamp },
          }))
          return handle({ Records }, remainingMs)
        }
      },
      fanOutEffects: (effects, world) => ({
        ...effects,
        sendMessages: rewriteBodies(
          effects.sendMessages,
          'reset',
          (body) => ({ ...body, fence: [body.fence, sendingOf(world, body)].toSorted()[0] }),
          effects.now,
        ),
      }),
    },
  },
  'folds letters beyond ASCII': {
    breaks: 'acknowledged only when durable',
    seed: 15,
    seams: receiving(withoutLookAlikes),
  },
  'drops a limit that has no effect where it is': {
    breaks: 'misplaced limits reset nobody',
    seed: 38,
    seams: receiving((body) => body.replace(/"mode":"dry_run",(?="(Message|data)")/, '')),
  },
  'does not copy the mode to chunks': {
    breaks: 'mode, expiry and age are kept',
    seams: chunks((body) => ({ ...body, data: { ...body.data, mode: undefined } })),
  },
  'loses the last member of a chunk': {
    breaks: 'acknowledged only when durable',
    seams: chunks((body) => ({ ...body, data: { ...body.data, members: body.data.members.slice(0, -1) } })),
  },
  'acknowledges an event before its chunks are sent': {
    breaks: 'acknowledged only when durable',
    seams: {
      fanOutEffects: (effects) => ({
        ...effects,
        sendMessages: async (to, messages) => {
          void effects.sendMessages(to, messages).catch(() => {})
          return { refused: [] }
        },
      }),
    },
  },
  'lets the stolen password through': {
    breaks: 'nothing leaks',
    seams: chunks((body) => ({ ...body, vendor: { password: 'canary-stolen-password' } })),
  },
}

/** Bugs in the limits of sources. */
export const limitBugs: Record<string, Bug> = {
  'forwards without waiting for the count': {
    breaks: 'the hourly limit holds',
    seams: counting((count) => async (...given) => {
      void count(...given).catch(() => {})
      return undefined
    }),
  },
  'counts an event once, however many messages it is in': {
    breaks: 'the hourly limit holds',
    seams: counting(
      (count, world) => (message, quota, members) =>
        count({ id: eventOf(world, message.id).replace(' ', '-'), receives: 2 }, quota, members),
    ),
  },
  'counts each source that is not listed on its own': {
    breaks: 'the hourly limit holds',
    seams: counting((count, world) => (message, quotas, members) => {
      const [source = ''] = eventOf(world, message.id).split(' ')
      const apart = quotas.map((one) =>
        one.name === 'source *' ? { ...one, name: `source ${source}` } : one,
      )
      return count(message, apart, members)
    }),
  },
  'counts without looking at the limit': {
    breaks: 'the hourly limit holds',
    seams: changingRequests((command) => {
      if (!(command instanceof UpdateItemCommand)) return command
      const { ExpressionAttributeValues, ...input } = command.input
      return new UpdateItemCommand({
        ...input,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':room': { N: '1000' } },
      })
    }),
  },
  'restarts the hour every minute': {
    breaks: 'the hourly limit holds',
    seams: {
      quota: ({ send }) => ({
        send: async (command) => {
          const answer: GetItemCommandOutput = Object(await send(command))
          return answer.Item?.minutes ? { Item: { ...answer.Item, minutes: { M: {} } } } : answer
        },
      }),
    },
  },
  'counts each delivery of a message': {
    breaks: 'refused events reset nobody',
    seed: 293,
    seams: counting(
      (count) => (message, quota, members) => count({ ...message, receives: 1 }, quota, members),
    ),
  },
  'ignores the highest mode of a source': {
    breaks: 'mode, expiry and age are kept',
    seed: 20,
    seams: withoutLimit('highestMode'),
  },
  'ignores the maximum event size of a source': {
    breaks: 'size limit and expiry are obeyed',
    seed: 133,
    seams: withoutLimit('maxMembersPerEvent'),
  },
}

/** Changes the bodies that fan-out receives. */
function receiving(change: (body: string) => string): Seams {
  return {
    fanOut: (create) => {
      const handle = create()
      return (event, remainingMs) => {
        const Records = event.Records.map((record) => ({ ...record, body: change(record.body) }))
        return handle({ Records }, remainingMs)
      }
    },
  }
}

/** Changes the chunks that fan-out sends. */
function chunks(rewrite: Rewrite): Seams {
  return {
    fanOutEffects: (effects) => ({
      ...effects,
      sendMessages: rewriteBodies(effects.sendMessages, 'reset', rewrite, effects.now),
    }),
  }
}

function withoutLimit(name: keyof NonNullable<Config['sources']>[string]): Seams {
  return {
    fanOutEffects: ({ config, ...effects }) => {
      const changed = Object.entries(config.sources ?? {}).map(([source, limits]) => [
        source,
        { ...limits, [name]: undefined },
      ])
      const sources = changed.length > 0 ? Object.fromEntries(changed) : undefined
      return { ...effects, config: { ...config, sources } }
    },
  }
}

function counting(change: (count: ConsumeQuota, world: World) => ConsumeQuota): Seams {
  return {
    fanOutEffects: (effects, world) => ({ ...effects, consumeQuota: change(effects.consumeQuota, world) }),
  }
}

function changingRequests(change: (command: unknown) => unknown): Seams {
  return { quota: ({ send }) => ({ send: (command) => send(change(command)) }) }
}

/** Source and id of the event in a message. */
function eventOf({ queues, people }: World, message: string): string {
  const body = queues.breach.all().find(({ id }) => id === message)?.body ?? ''
  return readBody(body, people.named).json?.id ?? message
}

/** When the message was sent whose event fan-out forwards. */
function sendingOf(world: World, { source, id }: { source: string; id: string }): string {
  const received = world.queues.breach.all().filter(({ receiveCount }) => receiveCount > 0)
  const same = received.filter((message) => eventOf(world, message.id) === `${source} ${id}`)
  return new Date(Math.max(...same.map(({ sentAt }) => sentAt))).toISOString()
}

/** The body without the rows whose addresses are those of earlier rows once letters beyond ASCII are in lower case, too. */
function withoutLookAlikes(body: string): string {
  const json = parseJson(body)
  const event = json.kind === 'parsed' ? (json.value as { data?: { members?: BodyRow[] } }) : {}
  const met = new Map<string, string>()
  const members = event.data?.members?.filter(({ email_address = '' }) => {
    const [address, folded] = [normalizeEmail(email_address), email_address.toLowerCase()]
    if (!met.has(folded)) met.set(folded, address)
    return met.get(folded) === address
  })
  return members ? JSON.stringify({ ...event, data: { ...event.data, members } }) : body
}

type BodyRow = { email_address?: string }
