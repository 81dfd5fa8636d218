import { expect, it } from 'vitest'
import { groupByPerson } from '../../../lib/contract/person.ts'

const peopleIn = (...emails: string[]) => groupByPerson(emails, (email) => email)

it.each([
  ['capitals', 'Kay@Customer.Example', 'kay@customer.example'],
  ['space around it', ' kay@customer.example\n', 'kay@customer.example'],
])('takes addresses that differ in %s for one person', (_, one, other) => {
  expect(peopleIn(one, other)).toEqual([[one, other]])
})

it.each([
  ['a Kelvin sign for k', '\u212aay@customer.example', 'kay@customer.example'],
  ['a capital I with a dot', '\u0130da@customer.example', 'i\u0307da@customer.example'],
  ['a full-width letter', '\uff2bay@customer.example', 'kay@customer.example'],
  ['a capital beyond ASCII', 'Юля@customer.example', 'юля@customer.example'],
])('takes an address with %s for another person, which shields nobody', (_, one, other) => {
  expect(peopleIn(one, other)).toEqual([[one], [other]])
})
