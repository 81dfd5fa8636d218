import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { checkBreachEvent, checkMembers } from '../../lib/contract/check-breach-event.ts'

const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

it('shows an event that the contract accepts', () => {
  const [, body = ''] = page.match(/```json\n([\s\S]*?)\n```/) ?? []
  const checked = checkBreachEvent(JSON.parse(body), Date.parse('2026-11-20T12:00:00Z'))
  expect(checked.kind).toBe('event')
  expect(checked.kind === 'event' && checkMembers(checked.event.data.members).invalid).toEqual([])
})
