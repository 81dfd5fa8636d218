import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ledger } from '../../../cli/ledger.ts'
import { callAt, endOf, openLedger, resetOf } from './open-ledger.ts'

const [ADA, BOB, CLEO, DAN, EVE] = ['ada', 'bob', 'cleo', 'dan', 'eve'].map(
  (name) => `${name}@customer.example`,
) as [string, string, string, string, string]

/** A ledger in which something of each kind is known. */
async function openFilledLedger() {
  const world = await openLedger()
  await world.begin('Ledger')
  await world.putRow('Ledger', ADA, 'reset', { ...resetOf('harvest-1', 5), uncertain: callAt(3) })
  await world.putRow('Ledger', ADA, 'sessions', endOf('harvest-1', 5))
  await world.putRow('Ledger', BOB, 'reset', { ...resetOf('harvest-2', 10), outcome: { S: 'no_password' } })
  await world.putRow('Ledger', BOB, 'sessions', endOf('harvest-1', 5))
  await world.putRow('Ledger', CLEO, 'reset', {
    uncertain: callAt(7),
    unusable: callAt(8, 'invalid_response'),
  })
  await world.putRow('Ledger', DAN, 'reset', { ...resetOf('harvest-1', 5), uncertain: callAt(9) })
  return world
}

describe('breach-reset ledger check', () => {
  it('says of each line what is known: reset, no password, only uncertain, sessions, nothing; and ends with 3', async () => {
    const { ledger } = await openFilledLedger()
    const { code, stdout, stderr } = await ledger(['check'], [ADA, BOB, '', CLEO, DAN, EVE].join('\n'))
    expect([code, stderr]).toEqual([3, ''])
    expect(stdout.split('\n')).toEqual([
      '3 of 5 known as reset',
      '1  a…@customer.example',
      '     reset 2026-11-20 00:05:00 UTC for harvest-1 of urn:example:feed',
      '     sessions ended 2026-11-20 00:06:00 UTC for harvest-1 of urn:example:feed',
      '2  b…@customer.example',
      '     had no password to reset 2026-11-20 00:10:00 UTC for harvest-2 of',
      '     urn:example:feed',
      '     sessions not known to have ended since this reset; before: sessions ended',
      '     2026-11-20 00:06:00 UTC for harvest-1 of urn:example:feed',
      '4  c…@customer.example',
      '     not known as reset',
      '     2026-11-20 00:08:00 UTC a call may have reset the password, and was not',
      '     answered usably: invalid_response',
      '5  d…@customer.example',
      '     reset 2026-11-20 00:05:00 UTC for harvest-1 of urn:example:feed',
      '     2026-11-20 00:09:00 UTC a call may have reset the password, and was not',
      '     answered usably: timeout',
      '     sessions not known to have ended',
      '6  e…@customer.example',
      '     not known as reset',
      '',
    ])
  })

  it('ends with 0 when everyone is known as reset, however the address is written, and as JSON', async () => {
    const { ledger } = await openFilledLedger()
    const { code, stdout } = await ledger(
      ['check', '-', '--json'],
      `  ${ADA.toUpperCase()}\r\n${BOB}\r\n${ADA}`,
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      known_as_reset: 3,
      people: [
        {
          ...{ line: 1, outcome: 'reset', reset_at: '2026-11-20T00:05:00.000Z', event_id: 'harvest-1' },
          sessions: { ended_at: '2026-11-20T00:06:00.000Z', event_id: 'harvest-1', for_this_reset: true },
        },
        { line: 2, outcome: 'no_password', sessions: { for_this_reset: false } },
        { line: 3, address: 'a…@customer.example' },
      ],
      not_an_address: [],
    })
  })

  it('reads a file, hundreds of people, and names a line that is not an address by its number only', async () => {
    const { ledger, putRow } = await openFilledLedger()
    const folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const many = Array.from({ length: 350 }, (_, index) => `p${index}@customer.example`)
    await putRow('Ledger', 'p349@customer.example', 'reset', resetOf('harvest-3', 1))
    const file = path.join(folder, 'people.txt')
    await writeFile(file, ['e-mail of canary', ...many, '"canary@x.example"'].join('\n'))
    const { code, stdout } = await ledger(['check', file])
    expect(code).toBe(3)
    const lines = stdout.split('\n')
    expect(lines.slice(0, 2)).toEqual([
      '1 of 350 known as reset; 2 lines could not be read',
      '  1  the line must be an e-mail address and nothing else',
    ])
    expect(lines.slice(-5)).toEqual([
      '351  p…@customer.example',
      '       reset 2026-11-20 00:01:00 UTC for harvest-3 of urn:example:feed',
      '       sessions not known to have ended',
      '352  the line must be an e-mail address and nothing else',
      '',
    ])
    expect(stdout).not.toContain('canary')
  })

  it.each([
    ['ada@customer.example', ['check', 'ada@customer.example'], 'addresses belong in it'],
    ['no address at all', ['check'], 'no line is an e-mail address'],
  ])('refuses %s with exit code 2, and does not repeat it', async (input, args, sentence) => {
    const { ledger } = await openLedger()
    const { code, stdout, stderr } = await ledger(args, input)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain(input)
  })
})

describe('breach-reset ledger check answers nothing', () => {
  const failing = async (
    { ledger }: Pick<Awaited<ReturnType<typeof openLedger>>, 'ledger'>,
    ...args: string[]
  ) => {
    const { code, stdout, stderr } = await ledger(['check', ...args], ADA)
    expect([code, stdout]).toEqual([1, ''])
    return stderr
  }

  it('with another ledger key', async () => {
    const world = await openFilledLedger()
    world.secrets.put('LedgerKey', 'x'.repeat(64))
    expect(await failing(world)).toContain('Put the old key back')
  })

  it('with another project, also one that is typed', async () => {
    const world = await openFilledLedger()
    expect(await failing(world, '--project-id', 'project-test-2')).toContain('of another Stytch project')
    world.secrets.put('Stytch', JSON.stringify({ project_id: 'project-live-1', secret: 'secret' }))
    expect(await failing(world)).toContain('of another Stytch project')
    expect((await world.ledger(['check', '--project-id', 'project-test-1'], ADA)).code).toBe(0)
  })

  it('by a ledger that was never started, or emptied', async () => {
    expect(await failing(await openLedger())).toContain('has no sentinel row')
  })

  it('by a ledger of an older version, which names no project', async () => {
    const world = await openLedger()
    await world.begin('Restored')
    const [sentinel = '[]'] = await world.rows('Restored')
    const { projectProof: _, ...older } = Object.fromEntries(JSON.parse(sentinel))
    await world.put('Ledger', older)
    expect(await failing(world)).toContain('which Stytch project')
  })

  it('when the Stytch secret is empty and no project is typed', async () => {
    const world = await openFilledLedger()
    world.secrets.put('Stytch', JSON.stringify({ project_id: '', secret: '' }))
    expect(await failing(world)).toContain('--project-id')
  })
})

it('asks for addresses at a terminal, and ends with 130 on Ctrl-C while it waits for them', async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const atTerminal = Object.assign(stdin, { isTTY: true })
  const ended = ledger(['check', '--stage', 'test'], { stdin: atTerminal, stdout, stderr })
  await once(stderr, 'readable')
  process.emit('SIGINT')
  expect(await ended).toBe(130)
  expect(await text(stderr.end())).toBe(
    'E-mail addresses, one a line; Ctrl-D ends:\ninterrupted: the same command goes on\n',
  )
})
