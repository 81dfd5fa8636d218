import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ledger } from '../../cli/ledger.ts'
import { redrive } from '../../cli/redrive.ts'
import { send } from '../../cli/send.ts'
import { UsageError } from '../../cli/terminal.ts'
import { hostileText } from '../fuzz/hostile.ts'

const MEMBER = 'kanari@leak.example'

const commands = [redrive, send, ledger]
const flags = [...new Set(commands.flatMap(({ declaration }) => Object.keys(declaration.flags)))]
const flag = fc.constantFrom(...flags).map((name) => `--${name}`)
const value = fc.oneof(fc.constantFrom(MEMBER, '', '-', '--', '-1', 'true', '__proto__', '_'), hostileText)
const argument = fc.oneof(
  flag,
  value,
  fc.tuple(flag, value).map((pair) => pair.join('=')),
  value.map((text) => `--${text}`),
  value.map((text) => `-${text}`),
)

it('takes any arguments, or says why not without repeating them', () => {
  fc.assert(
    fc.property(fc.constantFrom(...commands), fc.array(argument, { maxLength: 8 }), (command, args) => {
      try {
        command.check(args)
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        expect(String(error)).not.toMatch(/kanari|leak/)
      }
    }),
    { numRuns: 300 },
  )
})
