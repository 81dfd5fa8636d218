import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readCsv } from '../../../cli/input/csv.ts'

const LIST = {
  ...{ source: 'urn:example:list', id: undefined, time: '2026-11-20T10:00:00Z', mode: undefined },
  ...{ expirytime: undefined, correlationid: undefined, severity: undefined },
  ...{ reason: 'infostealer', exposedAt: '2026-11-18', breach: undefined },
}
const OPTIONS = { maxMembersPerEvent: 1000, now: Date.parse('2026-11-20T12:00:00Z') }

/** What a note may hold: text, and what somebody pasted there. */
const noteLine = fc.constantFrom(
  ...['', 'called her', 'say "hi"', 'pasted:', 'one, two', '""'],
  ...['inner@other.example,x', '"inner@other.example","x"', 'inner@other.example,"x, y"'],
)
/** How a note is written. Only the first way is right when it holds a quote or a line break. */
const WAYS = {
  quoted: (text: string) => `"${text.replaceAll('"', '""')}"`,
  notDoubled: (text: string) => `"${text}"`,
  notClosed: (text: string) => `"${text.replaceAll('"', '""')}`,
  quoteWithin: (text: string) => `"a"b${text.replaceAll('"', '""')}"`,
}
type Way = keyof typeof WAYS

const note = fc.array(noteLine, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'))
const table = (...ways: Way[]) =>
  fc.record({
    rows: fc.array(fc.record({ note, way: fc.constantFrom<Way>(...ways) }), {
      minLength: 1,
      maxLength: 8,
    }),
    quoteAll: fc.boolean(),
    newline: fc.constantFrom('\n', '\r\n'),
  })

it.each([
  [['quoted']],
  [['quoted', 'notDoubled']],
  [['quoted', 'notClosed']],
  [['quoted', 'quoteWithin']],
  [['quoted', 'notClosed', 'quoteWithin']],
] as Way[][][])('sends or reports each row, and sends nobody else, with notes that are %s', (ways) => {
  fc.assert(
    fc.property(table(...ways), ({ rows, quoteAll, newline }) => {
      const lines = ['email,note']
      const own = rows.map(({ note, way }, index) => {
        const address = `own-${index}@customer.example`
        const isPlain = !quoteAll && way === 'quoted' && /^[\w :]+$/.test(note)
        const cells = [quoteAll ? `"${address}"` : address, isPlain ? note : WAYS[way](note)]
        const line = lines.length + 1
        lines.push(...cells.join(',').split('\n'))
        return { address, line }
      })
      const { events, faults } = readCsv(lines.join(newline), LIST, OPTIONS)
      const sent = events.flatMap(({ data }) => data.members.map(({ email_address }) => email_address))
      const reported = own.filter(({ line: at }) =>
        faults.some(({ line = 0, lastLine = line }) => line <= at && at <= lastLine),
      )
      expect([...sent, ...reported.map(({ address }) => address)].toSorted()).toEqual(
        own.map(({ address }) => address).toSorted(),
      )
    }),
    { numRuns: 1000 },
  )
})
