import { describe, expect, it } from 'vitest'
import { readCsv } from '../../../cli/input/csv.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const list = {
  ...{ source: 'urn:example:list', id: undefined, time: '2026-11-20T10:00:00.123Z', mode: undefined },
  ...{ expirytime: undefined, correlationid: undefined },
  ...{ reason: 'infostealer', exposedAt: '2026-11-18', breach: undefined, severity: undefined },
}
const read = (text: string, overrides: Partial<typeof list | { breach: string }> = {}) =>
  readCsv(text, { ...list, ...overrides } as typeof list, { maxMembersPerEvent: 2, now: NOW })
const peopleOf = (text: string) => read(text).events.flatMap(({ data }) => data.members)
const faultsOf = (text: string) =>
  read(text).faults.map(({ line, field, rule }) => `${line} ${field}: ${rule}`)

describe('readCsv', () => {
  it('makes events of a list, named after its time, the same ones each time', () => {
    const text = 'email_address\na@x.example\nb@x.example\nc@x.example\n'
    const { events, faults, time } = read(text, { breach: 'hibp:Forum:2026' })
    expect(faults).toEqual([])
    expect(time).toBe(list.time)
    expect(events.map(({ id, data }) => [id, data.members.length])).toEqual([
      ['list-20261120T100000Z.1', 2],
      ['list-20261120T100000Z.2', 1],
    ])
    expect(events[0]).toMatchObject({
      source: 'urn:example:list',
      time: list.time,
      data: {
        reason: 'infostealer',
        exposed_at: '2026-11-18',
        breach: { catalog: 'hibp', id: 'Forum:2026' },
      },
    })
    expect(read(text, { breach: 'hibp:Forum:2026' })).toEqual({ events, faults, time, notes: [] })
  })

  it.each([
    ['commas', 'email_address,organization_id,member_id\na@x.example,acme,m1\n'],
    [
      'semicolons, a byte order mark, CRLF and spaces',
      '\ufeffEmail_Address; organization_id ;member_id\r\n a@x.example ;acme;m1\r\n',
    ],
    ['tabs, quotes and the short name', 'email\torganization_id\tmember_id\n"a@x.example"\tacme\tm1'],
    [
      'columns that nobody knows',
      'name,email,organization_id,password,member_id\n"Lovelace, Ada",a@x.example,acme,hunter2,m1\n',
    ],
  ])('reads %s', (_, text) => {
    expect(peopleOf(text)).toEqual([
      { email_address: 'a@x.example', organization_id: 'acme', member_id: 'm1' },
    ])
  })

  it('leaves out empty cells and blank lines', () => {
    expect(peopleOf('email,organization_id\n\na@x.example,\n\n')).toEqual([{ email_address: 'a@x.example' }])
  })
})

describe('readCsv, of what spreadsheets write', () => {
  it.each([
    ['a line break in a column that is not read', 'email,note\na@x.example,"hi\nthere: b@x.example"\n'],
    ['a quote in a column that is not read', 'email,note\na@x.example,the "big" 19" rack\n'],
    ['another separator in a name of the header', 'E-Mail;Name, Vorname;Firma\na@x.example;Lee, Ana;Shop\n'],
    ['a header that is in quotes', '"Name; first, then last","E-Mail"\nAna Lee,a@x.example\n'],
    ['a line that names the separator', 'sep=;\r\nemail;note\r\na@x.example;a,b\r\n'],
    ['an unusual separator that a line names', '\ufeff"sep=|"\nemail|note\na@x.example|x\n'],
    ['several separators with which there is an email', 'note,x\temail\tother,id\n1,2\ta@x.example\t3\n'],
  ])('reads %s', (_, text) => {
    expect(read(text)).toMatchObject({ faults: [] })
    expect(peopleOf(text)).toEqual([{ email_address: 'a@x.example' }])
  })

  it('takes the separator that makes most columns of those with which there is an email', () => {
    const text = 'email,a;b,organization_id\na@x.example,1;2,acme\n'
    expect(peopleOf(text)).toEqual([{ email_address: 'a@x.example', organization_id: 'acme' }])
  })

  it('leaves out empty rows, and notes them', () => {
    const { notes, faults, events } = read('email;;;\na@x.example;;;\n;;;\nb@x.example;;;\n ; ;"";\n')
    expect({ faults, people: events[0]?.data.members.length }).toEqual({ faults: [], people: 2 })
    expect(notes).toEqual([
      { line: 3, text: 'left out: an empty row' },
      { line: 5, text: 'left out: an empty row' },
    ])
  })

  it('notes columns that are not read, by names that can be no personal data', () => {
    const { notes, events } = read('\nemail;org_id;; b@x.example\na@x.example;acme;;\n')
    expect(notes).toEqual([{ line: 2, text: 'has columns that are not read: org_id, other' }])
    expect(events[0]?.data.members).toEqual([{ email_address: 'a@x.example' }])
  })

  it('notes an apostrophe before an address', () => {
    const { notes, events } = read("email\n'a@x.example\no'hara@x.example\n")
    expect(notes).toEqual([{ line: 2, text: expect.stringContaining('begins with an apostrophe') }])
    expect(events[0]?.data.members).toHaveLength(2)
  })

  it('says the line of the file on which a record begins', () => {
    expect(faultsOf('email,note\r\na@x.example,"1\r\n2"\r\ncanary,"1\r\n2\r\n3"\r\ncanary,\r\n')).toEqual([
      '4 email_address: must be an e-mail address and nothing else',
      '7 email_address: must be an e-mail address and nothing else',
    ])
  })

  it('reports a row with several bad quotes once', () => {
    const cells = '"=HYPERLINK(""mailto:a@x.example"",""a@x.example"")",Ana\n="a@x.example","A"n"a"\n'
    expect(faultsOf(`email,name\n${cells}`)).toEqual([
      '3 row: must have its quotes around whole cells',
      '2 email_address: must be an e-mail address and nothing else',
    ])
  })
})

describe('readCsv, after a bad quote', () => {
  const rows = Array.from({ length: 197 }, (_, index) => `b${index}@x.example,x`)
  const quotedRows = rows.map((row) => `"${row.replace(',', '","')}"`)

  it.each([
    ['plain', rows],
    ['in quotes', quotedRows],
  ])('sends the rows after one whose quotes close, %s', (_, others) => {
    const text = ['email,company', 'a@x.example,x', '"c@x.example","19" rack"', ...others].join('\n')
    expect(peopleOf(text)).toHaveLength(198)
    expect(read(text).faults).toMatchObject([{ line: 3, lastLine: 3 }])
  })

  it('counts what it did not read, from where the quote opens, up to a row that is certain', () => {
    const text = 'email,note\na@x.example,"oops\nb@x.example,x\nc@x.example,"ok"\nd@x.example,x\n'
    expect(peopleOf(text).map(({ email_address }) => email_address)).toEqual(['c@x.example', 'd@x.example'])
    expect(read(text).faults).toEqual([
      {
        ...{ code: 'invalid_member', line: 2, lastLine: 3, field: 'rows' },
        rule: 'must have quotes around whole cells, and closed: none of these lines was read',
      },
    ])
  })
})

describe('what readCsv reports', () => {
  it.each([
    [
      'no known column',
      'canary@x.example\nb@x.example\n',
      '1 header: must name a column email_address or email; columns are separated by , or ; or a tab',
    ],
    ...['mode', 'Dry run', 'exposed_at', 'ExpiryTime'].map((name): [string, string, string] => [
      `a column ${name}, which would limit nobody's reset`,
      `email,${name}\na@x.example,x\n`,
      `1 header: must not have a column ${name.replace(' ', '?')}: it limits the whole list, and is a flag (--mode, --exposed-at, --expirytime)`,
    ]),
    [
      'a column named twice',
      'email,email_address\na@x.example,b@x.example\n',
      '1 header: must name each column once',
    ],
    [
      'a header with a bad quote',
      'email,"no"te"\n"a@x.example","x"\n',
      '1 header: must have its quotes around whole cells',
    ],
    ['nothing below the header', 'email\n', '1 rows: must be at least one below the header'],
    [
      'a broken address',
      'email\na@x.example\n\ncanary\n',
      '4 email_address: must be an e-mail address and nothing else',
    ],
    ['no address', 'email,member_id\n,m1\n', '2 email_address: must be given'],
    [
      'an e-mail as an id',
      'email,member_id\na@x.example,canary@x.example\n',
      '2 member_id: must be printable ASCII without spaces, "@" or "%"',
    ],
    ['a cell too many', 'email\na@x.example,canary\n', '2 row: must have as many cells as the header'],
    [
      'a quote that is not closed',
      'email\na@x.example\n"canary@x.example\n',
      '3 row: must have its quotes around whole cells',
    ],
    ['a quote within a cell', 'email\nca"nary@x.example\n', '2 row: must have its quotes around whole cells'],
  ])('names line, field and rule of %s, and no value', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault])
    expect(fault).not.toContain('canary')
  })

  it.each([
    ['a stray quote', 'email\nca"nary@x\na@x.example\n'],
    ['line ends of several kinds', 'email,note\r\ncanary,\na@x.example,n\r\n'],
    ['a line break in a cell', 'email,id,member_id\nb@x.example,7,"m\n1"\na@x.example,7,\n'],
    ['a quote that is not closed', 'email\na@x.example\n"canary\n'],
  ])('keeps the rows next to %s', (_, text) => {
    expect(peopleOf(text)).toEqual([{ email_address: 'a@x.example' }])
    expect(faultsOf(text)).toHaveLength(1)
  })

  it('keeps the good rows next to the bad ones', () => {
    expect(peopleOf('email\na@x.example\ncanary\nb@x.example\n')).toHaveLength(2)
  })

  it.each([
    ['--reason', { reason: 'canary' }],
    ['--exposed-at', { exposedAt: 'canary' }],
    ['--id', { id: 'canary@x' }],
    ['--source', { source: '' }],
    ['--time', { time: 'canary' }],
    ['--severity', { severity: 'canary' }],
    ['--mode', { mode: 'canary' }],
    ['--breach', { breach: `canary:${'x'.repeat(257)}` }],
  ])('names %s when it breaks a rule, and not what was typed', (flag, overrides) => {
    const { events, faults } = read('email\na@x.example\n', overrides as object)
    expect(events).toEqual([])
    expect(faults.map(({ field }) => field)).toEqual([flag])
    expect(JSON.stringify(faults)).not.toContain('canary')
  })
})
