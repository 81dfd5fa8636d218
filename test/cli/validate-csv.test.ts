import { expect, it } from 'vitest'
import { validate } from '../../cli/validate.ts'
import { runCommand } from './run-command.ts'

const ADDRESS = 'email_address: must be an e-mail address and nothing else'
const NOT_READ = 'note: line 1: has columns that are not read'
const QUOTE = 'row: must have its quotes around whole cells'

it.each([
  [
    'a record of several lines with CRLF',
    'email,note\r\nana@shop.example,"one\r\ntwo"\r\nbad address,x\r\n',
    [`${NOT_READ}: note`, `line 4: ${ADDRESS}`, 'not valid: 1 problem; the rest is 1 event with 1 member'],
  ],
  [
    'empty rows',
    'email;;;\nana@shop.example;;;\nbo@shop.example;;;\n;;;\n',
    ['note: line 4: left out: an empty row', 'valid: 1 event with 2 members'],
  ],
  [
    'a quote that is not doubled',
    'email,company\n"a@shop.example","19" rack"\n"b@shop.example","x"\n"c@shop.example","y"\n',
    [
      `${NOT_READ}: company`,
      `line 2: ${QUOTE}`,
      'not valid: 1 problem, 1 line not read; the rest is 1 event with 2 members',
    ],
  ],
  [
    'a quote that is not closed',
    'email,note\na@shop.example,"oops\nb@shop.example,x\nc@shop.example,"ok"\nd@shop.example,x\n',
    [
      `${NOT_READ}: note`,
      'lines 2 to 3: rows: must have quotes around whole cells, and closed: none of these lines was read',
      'not valid: 1 problem, 2 lines not read; the rest is 1 event with 2 members',
    ],
  ],
  [
    'a row with several bad quotes',
    'email,name\n"=HYPERLINK(""mailto:ana@shop.example"",""ana@shop.example"")",Ana\n="ana@shop.example",Ana\n',
    [
      `${NOT_READ}: name`,
      `line 2: ${ADDRESS}`,
      `line 3: ${QUOTE}`,
      'not valid: 2 problems; the rest is 0 events with 0 members',
    ],
  ],
  [
    'another separator in a name of the header',
    'E-Mail;Name, Vorname;Firma\nana@shop.example;Lee, Ana;Shop\nbo@shop.example;Oh, Bo;Shop\n',
    [`${NOT_READ}: other, Firma`, 'valid: 1 event with 2 members'],
  ],
  [
    'a line break in a column that is not read',
    'email,note\nana@shop.example,"called her\nassistant: bo@other.example"\ncy@shop.example,x\n',
    [`${NOT_READ}: note`, 'valid: 1 event with 2 members'],
  ],
  [
    'an apostrophe before an address',
    "email\n'ana@shop.example\nbo@shop.example\n",
    [
      'note: line 2: has an address that begins with an apostrophe, as spreadsheets write it: it is sent as it is',
      'valid: 1 event with 2 members',
    ],
  ],
])('says what became of %s', async (_, input, lines) => {
  const args = ['-', '--reason', 'infostealer', '--exposed-at', '2026-11-18']
  const { code, stdout } = await runCommand(validate, args, { input })
  expect(stdout.split('\n')).toEqual([...lines, ''])
  expect(code).toBe(lines.at(-1)?.startsWith('valid') ? 0 : 3)
})
