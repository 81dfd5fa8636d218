import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { explainCode } from '../../cli/smoke/explain-code.ts'
import { followEvent } from '../../cli/smoke/follow-event.ts'
import { judgeEnd, judgeSilence } from '../../cli/smoke/judge.ts'
import { explainWaiting } from '../../cli/smoke/waiting.ts'
import { CODES } from '../../lib/contract/codes.ts'
import { CONFIGURATION_FAULTS, KEY_FAULTS, MEMBER_FAULTS, NOT_FOUND } from '../../lib/stytch/error-types.ts'
import { anchorsOf } from '../docs/pages.ts'

const ROOT = path.join(import.meta.dirname, '../..')
/** Every section that the sentence sends its reader to is there. */
function expectSections(sentence: string) {
  for (const [, file = '', anchor] of sentence.matchAll(/([\w/]+\.md)#([\w-]+)/g))
    expect(anchorsOf(path.join(ROOT, file))).toContain(anchor)
}

describe('explainCode', () => {
  it.each([
    ...new Set([
      ...Object.keys(CODES),
      ...KEY_FAULTS,
      ...CONFIGURATION_FAULTS,
      ...MEMBER_FAULTS,
      ...NOT_FOUND,
    ]),
    ...['reset', 'ended', 'http_403', 'http_502'],
  ])('has a sentence of its own for %s, which sends nobody to a section that is not there', (code) => {
    for (const service of ['fan-out', 'require-reset', 'end-sessions'] as const) {
      const sentence = explainCode(code, service)
      expect(sentence).not.toBe(explainCode('stytch_error_brand_new', service))
      expect(sentence).not.toMatch(/[{}]|undefined/)
      expectSections(sentence)
    }
  })

  it('speaks of the function whose code it is, of its queue and of its rate', () => {
    expect(explainCode('timeout', 'end-sessions')).toContain('did not answer end-sessions')
    expect(explainCode('out_of_time', 'require-reset')).toContain('the reset queue is shorter')
    expect(explainCode('out_of_time', 'end-sessions')).toContain('the sessions queue is shorter')
    expect(explainCode('too_many_requests', 'end-sessions')).toContain('sessionSearchesPerMinute')
  })
})

const NOW = Date.parse('2026-11-20T12:00:00Z')
const lineOf = (fields: object, secondsLater = 1) =>
  JSON.stringify({
    service: 'require-reset',
    timestamp: new Date(NOW + secondsLater * 1000).toISOString(),
    ...fields,
  })
const end = (outcome: string, code: string, event_id = 'mine') =>
  lineOf({ message: 'member outcome', event_id, outcome, code })
const sessionsEnd = (outcome: string, code: string) =>
  lineOf({ message: 'member outcome', event_id: 'mine', outcome, code, service: 'end-sessions' })

/** Follows the event `mine` for 10 s, a look each second. `looks`: the lines that come in each. */
function follow(looks: readonly (readonly string[])[], endsSessions = false) {
  const lines: string[] = []
  let now = NOW
  const sleep = async (ms: number) => {
    now += ms
  }
  const readLines = async () => {
    lines.push(...(looks[(now - NOW) / 1000] ?? []))
    return lines
  }
  return followEvent(
    { readLines, lookEveryMs: 1000, endsSessions },
    { id: 'mine', sentAt: NOW },
    { timeoutMs: 10_000, now: () => now, sleep },
  )
}

describe('followEvent', () => {
  it('goes by the lines of this event only, however late they come', async () => {
    const looks = [[end('reset', '', 'other'), 'no JSON', '{}'], [], [], [end('skipped', 'not_a_member')]]
    expect((await follow(looks)).end).toMatchObject({ outcome: 'skipped', code: 'not_a_member' })
  })

  it('prefers the last word to a try that was deferred, in whatever order the lines come', async () => {
    const looks = [[end('skipped', 'not_a_member'), end('deferred', 'unreachable')]]
    expect((await follow(looks)).end).toMatchObject({ code: 'not_a_member' })
  })

  it('takes a configuration fault for the answer at once', async () => {
    const looks = [[end('deferred', 'use_https')], [end('skipped', 'not_a_member')]]
    expect((await follow(looks)).end).toMatchObject({ outcome: 'deferred', code: 'use_https' })
  })

  it.each(['out_of_time', 'too_many_requests'])('waits for a better answer than %s', async (code) => {
    const looks = [[end('deferred', code)], [], [end('skipped', 'not_a_member')]]
    expect((await follow(looks)).end).toMatchObject({ code: 'not_a_member' })
    expect((await follow([[end('deferred', code)]])).end).toMatchObject({ outcome: 'deferred', code })
  })

  it('has no end when the time is up', async () => {
    expect(await follow([])).toEqual({
      ...{ end: undefined, isPassedOn: false, others: [], projectId: undefined },
    })
  })

  it('goes on to what end-sessions says once require-reset has found nobody to reset', async () => {
    const looks = [
      [end('skipped', 'not_a_member')],
      [sessionsEnd('deferred', 'too_many_requests')],
      [sessionsEnd('skipped', 'no_member_found')],
    ]
    const { end: last, isPassedOn, others } = await follow(looks, true)
    expect([isPassedOn, last]).toEqual([
      false,
      expect.objectContaining({ service: 'end-sessions', code: 'no_member_found' }),
    ])
    expect(last && judgeEnd(last, others)).toMatchObject({
      passed: true,
      proves: expect.arrayContaining(['password mode', 'sessions queue', 'end-sessions', 'Stytch search']),
    })
    const without = await follow(looks)
    expect(without.end && judgeEnd(without.end, [])).toMatchObject({ code: 'not_a_member', passed: true })
  })

  it('takes no word of end-sessions for the end of an event whose reset ended badly, or not yet', async () => {
    const found = sessionsEnd('skipped', 'no_member_found')
    expect((await follow([[found, end('reset', '')]], true)).end).toMatchObject({ outcome: 'reset' })
    expect(await follow([[found]], true)).toMatchObject({ end: undefined, isPassedOn: false })
  })

  it.each([
    ['ended', 'ended', /EXISTS/],
    ['deferred', 'timeout', /did not answer end-sessions.*tried again by itself/],
    ['dead_lettered', 'sessions_refused', /refuses the search.*dead-letter queue now/],
  ])('fails when end-sessions says %s %s', async (outcome, code, sentence) => {
    const { end: last, others } = await follow(
      [[end('skipped', 'not_a_member'), sessionsEnd(outcome, code)]],
      true,
    )
    const result = last && judgeEnd(last, others)
    expect(result).toMatchObject({ outcome, passed: false, sentence: expect.stringMatching(sentence) })
    expect(result?.proves).toContain('end-sessions')
    expect(result?.proves).not.toContain('Stytch search')
  })

  it('names the project of this event, not of another one', async () => {
    const at = (event_id: string, project_id: string) =>
      lineOf({ message: 'canary uses this project', event_id, project_id })
    const lines = [
      at('other', 'project-live-2'),
      at('mine', 'project-live-1'),
      end('skipped', 'not_a_member'),
    ]
    expect((await follow([lines])).projectId).toBe('project-live-1')
  })
})

const none = { visible: 0, inFlight: 0, delayed: 0 }
const empty = { breach: none, reset: none, sessions: none, deadLetter: none }

describe('judgeSilence', () => {
  it('explains why calling was stopped, and what failed, since the event was sent', async () => {
    const stopped = lineOf({ message: 'calling stopped', code: 'stytch_secret_invalid' })
    const failed = lineOf({ message: 'record failed', error_name: 'AccessDenied' })
    const followed = await follow([[stopped, failed]])
    const result = judgeSilence(followed, NOW, { now: empty, before: empty })
    expect(result).toMatchObject({ outcome: 'no_line', code: 'stytch_secret_invalid', passed: false })
    expect(result.sentence).toMatch(
      /fill it in.*require-reset logged "record failed" \(AccessDenied\): docs\/runbook\.md#recordsfailing\.$/,
    )
  })

  it('blames nothing that was logged before the event was sent', async () => {
    const followed = await follow([[lineOf({ message: 'calling stopped', code: 'use_https' }, -1)]])
    expect(judgeSilence(followed, NOW, { now: empty, before: empty })).toMatchObject({ code: 'no_line' })
  })
})

describe('judgeSilence of an event that require-reset has passed on', () => {
  const passedOn = [end('skipped', 'not_a_member')]
  const stopped = (service: string) => lineOf({ message: 'calling stopped', code: 'use_https', service })

  it('says where it waits, and what is proved so far', async () => {
    const now = { ...empty, reset: { ...none, visible: 9 }, sessions: { ...none, visible: 1 } }
    const result = judgeSilence(await follow([passedOn], true), NOW, { now, before: empty })
    expect(result).toMatchObject({ outcome: 'no_line', code: 'waits_on_sessions_queue', passed: false })
    expect(result.proves).toContain('password mode')
    expect(result.proves).not.toContain('sessions queue')
  })

  it('blames what end-sessions logged, and only that', async () => {
    const depths = { now: empty, before: empty }
    const own = await follow([[...passedOn, stopped('end-sessions')]], true)
    const other = await follow([[...passedOn, stopped('require-reset')]], true)
    expect(judgeSilence(own, NOW, depths)).toMatchObject({ code: 'use_https' })
    expect(judgeSilence(other, NOW, depths)).toMatchObject({ code: 'no_line' })
  })
})

describe('explainWaiting', () => {
  const one = { ...none, visible: 1 }
  it.each([
    [{ ...empty, breach: one, deadLetter: one }, 'waits_on_breach_queue'],
    [{ ...empty, breach: { ...none, inFlight: 1 }, reset: one }, 'stuck_in_fan_out'],
    [{ ...empty, reset: one }, 'waits_on_reset_queue'],
    [{ ...empty, reset: { ...none, inFlight: 1 } }, 'stuck_in_require_reset'],
    [{ ...empty, sessions: one, deadLetter: one }, 'waits_on_sessions_queue'],
    [{ ...empty, sessions: { ...none, inFlight: 1 } }, 'stuck_in_end_sessions'],
    [{ ...empty, deadLetter: one }, 'moved_to_dead_letter_queue'],
    [empty, 'no_line'],
    [undefined, 'no_line'],
  ])('%j: %s', (now, code) => {
    const waiting = explainWaiting(now, empty, { isPassedOn: false })
    expect(waiting).toMatchObject({ code })
    expectSections(waiting.sentence)
  })

  it('does not take a dead letter that was there before for the event', () => {
    const before = { ...empty, deadLetter: one }
    expect(explainWaiting(before, before, { isPassedOn: false })).toMatchObject({ code: 'no_line' })
  })
})
