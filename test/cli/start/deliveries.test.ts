import type { SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { deliver } from '../../../cli/start/deliveries.ts'
import { createPasswordChoices } from '../../../cli/start/passwords.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import type { SimulatorCall } from '../../../infra/local/stytch/calls.ts'

it('sends the next event only while the queues are short, and ends when they are empty', async () => {
  const queued = { breach: 0, reset: 0, sessions: 0 }
  const sentAt: (typeof queued)[] = []
  const queue = (url: string) => ({ url, arn: url })
  const system = {
    sqs: {
      async send() {
        sentAt.push({ ...queued })
        queued.breach++
      },
    } as unknown as SQSClient,
    queues: {
      ...{ breach: queue('breach'), reset: queue('reset') },
      ...{ sessions: queue('sessions'), deadLetter: queue('deadLetter') },
      rehearsed: queue('rehearsed'),
    },
    inspector: {
      depth: (url: string) => ({ visible: queued[url as 'breach'] ?? 0, inFlight: 0, delayed: 0 }),
    } as LocalSystem['inspector'],
  }
  const work = () => {
    if (queued.breach > 0) Object.assign(queued, { breach: queued.breach - 1, reset: queued.reset + 600 })
    else if (queued.reset > 0)
      Object.assign(queued, { reset: Math.max(0, queued.reset - 600), sessions: 600 })
    else queued.sessions = Math.max(0, queued.sessions - 200)
  }
  await deliver(system, Array(6).fill('event'), work)
  expect(sentAt).toHaveLength(6)
  expect(Math.max(...sentAt.map(({ breach }) => breach))).toBeLessThanOrEqual(1)
  expect(Math.max(...sentAt.map(({ reset }) => reset))).toBeLessThanOrEqual(1000)
  expect(queued).toEqual({ breach: 0, reset: 0, sessions: 0 })
})

it('lets those members choose a new password who were reset and may, and notices when a later reset deletes it', () => {
  const call = (email: string, effect: 'deleted' | 'none') => ({ email, effect }) as SimulatorCall
  const calls = [call('ada', 'deleted'), call('lin', 'deleted'), call('kay', 'none')]
  const setAt = new Map<string, number>()
  const passwords = createPasswordChoices({
    calls: () => calls,
    setPassword: (email, at = 0) => void setAt.set(email, at),
    password: (email) => ({ state: setAt.has(email) ? 'usable' : 'none', setAt: setAt.get(email) ?? 0 }),
  })
  passwords.choose((email) => email !== 'lin')
  expect([...passwords.chosen().keys()]).toEqual(['ada'])
  passwords.choose((email) => !passwords.chosen().has(email))
  expect([...passwords.chosen().keys()]).toEqual(['ada', 'lin'])
  expect(passwords.countAlive()).toBe(2)
  setAt.delete('ada')
  expect([passwords.countAlive(), passwords.countAlive(['lin'])]).toEqual([1, 1])
})
