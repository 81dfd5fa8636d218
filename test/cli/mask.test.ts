import { expect, it } from 'vitest'
import { maskAddress } from '../../cli/mask.ts'

it.each([
  ['ada@customer.example', 'a…@customer.example'],
  [' Ada.Lovelace+list@customer.example ', 'A…@customer.example'],
  ['a@customer.example', 'a…@customer.example'],
  ['𝒜da@bücher.example', '𝒜…@bücher.example'],
])('shows of %s its first letter and its domain', (address, masked) => {
  expect(maskAddress(address)).toBe(masked)
})

it.each([
  'ada at customer.example',
  '@customer.example',
  'ada@customer.example, bob@customer.example',
  'ada@bob@customer.example',
  '\u001B[2Jada@customer.example',
  'ada@customer.example\u001B[2J',
  '',
])('shows nothing of %j, which is not an address', (text) => {
  expect(maskAddress(text)).toBe('…')
})
