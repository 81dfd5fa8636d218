import { expect, it } from 'vitest'
import { countTwice } from '../../cli/start/deliveries.ts'

it('counts a person once who was called after a reset, and nobody whose earlier calls did nothing', () => {
  const call = (email: string, effect: 'deleted' | 'none') => ({ email, effect })
  const calls = [
    ...[call('ada', 'none'), call('ada', 'deleted')],
    ...[call('lin', 'deleted'), call('lin', 'none'), call('lin', 'deleted')],
    ...[call('kay', 'none'), call('kay', 'none')],
  ]
  expect(countTwice(calls)).toBe(1)
})
