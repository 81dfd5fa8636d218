import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Config } from '../../../functions/fan-out/config.ts'
import { readBody } from '../invariants/read-body.ts'
import type { Seams } from '../world/seams.ts'
import type { World } from '../world/world.ts'
import type { Bug } from './bug.ts'

type Rules = NonNullable<Config['sources']>

const without = (knob: keyof Rules[string]): Seams => ({
  fanOutConfig: ({ sources = {}, ...config }) => {
    const rules = Object.entries(sources).map(([name, rule]) => [name, { ...rule, [knob]: undefined }])
    return { ...config, sources: rules.length > 0 ? Object.fromEntries(rules) : undefined }
  },
})
const asking = (change: (command: unknown) => unknown): Seams => ({
  quota: ({ send }) => ({ send: (command) => send(change(command)) }),
})
const eventOf = ({ queues, people }: World, message: string) => {
  const body = queues.breach.all().find(({ id }) => id === message)?.body ?? ''
  return readBody(body, people.named).json?.id ?? message
}

/** What could be wrong with how far sources are trusted. */
export const trustBugs: Record<string, Bug> = {
  'forwards without waiting for the count': {
    breaks: 'the hourly limit holds',
    seams: {
      countMembers:
        (count) =>
        async (...given) => {
          void count(...given).catch(() => {})
          return true
        },
    },
  },
  'counts an event once, whatever messages it is in': {
    breaks: 'the hourly limit holds',
    seams: {
      countMembers: (count, world) => (message, quota, members) =>
        count({ id: eventOf(world, message.id).replace(' ', '-'), receives: 2 }, quota, members),
    },
  },
  'gives each source that is not named an hour of its own': {
    breaks: 'the hourly limit holds',
    seams: {
      countMembers: (count, world) => (message, quota, members) => {
        const [source = ''] = eventOf(world, message.id).split(' ')
        return count(message, quota.name === '*' ? { ...quota, name: source } : quota, members)
      },
    },
  },
  'counts without looking at the limit': {
    breaks: 'the hourly limit holds',
    seams: asking((command) => {
      if (!(command instanceof UpdateItemCommand)) return command
      const { ExpressionAttributeValues, ...input } = command.input
      return new UpdateItemCommand({
        ...input,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':room': { N: '1000' } },
      })
    }),
  },
  'begins the hour anew with each minute': {
    breaks: 'the hourly limit holds',
    seams: asking((command) => {
      if (!(command instanceof PutItemCommand) || !command.input.Item?.head) return command
      const Item = { ...command.input.Item, total: { N: '0' }, minutes: { M: {} } }
      return new PutItemCommand({ ...command.input, Item })
    }),
  },
  'counts each delivery of a message': {
    breaks: 'refused events reset nobody',
    seams: {
      countMembers: (count) => (message, quota, members) =>
        count({ ...message, receives: 1 }, quota, members),
    },
  },
  'ignores the highest mode of a source': {
    breaks: 'mode, expiry and age are kept',
    seams: without('highestMode'),
  },
  'ignores the largest event of a source': {
    breaks: 'the limit and the expiry are obeyed',
    seams: without('maxMembersPerEvent'),
  },
}
