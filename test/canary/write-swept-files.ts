import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { breachEvent } from '../fixtures/breach-event.ts'
import { MALFORMED, MEMBER, PASSWORD, SHORT, STRANGER } from './planted.ts'

/** Writes event files, each under a path that is an e-mail address. Resolves to their paths by what is in them; one is missing. */
export async function writeSweptFiles(folder: string): Promise<Record<string, string>> {
  const members = [
    { email_address: MEMBER, password: PASSWORD },
    { email_address: ` ${MEMBER.toUpperCase()}`, [PASSWORD]: STRANGER },
    { email_address: MALFORMED, [STRANGER]: 1 },
    STRANGER,
  ]
  const texts = {
    not_json: SHORT,
    'a list': `email,member_id,${PASSWORD}\n${MEMBER},,${PASSWORD}\n${MALFORMED},${STRANGER},x\n${STRANGER}\n`,
    'a record': JSON.stringify({
      ...{ document_id: 'record-1', spycloud_publish_date: '2026-11-18T00:00:00Z', email: MEMBER },
      ...{
        password: PASSWORD,
        username: STRANGER,
        target_url: `https://x/?${STRANGER}`,
        [MALFORMED]: PASSWORD,
      },
    }),
    'an event': JSON.stringify(breachEvent({ [MEMBER]: PASSWORD, data: { members } })),
  }
  const fileOf = (name: string) => path.join(folder, name, MEMBER)
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(path.dirname(fileOf(name)), { recursive: true })
    await writeFile(fileOf(name), text)
  }
  return Object.fromEntries([...Object.keys(texts), 'no file'].map((name) => [`{${name}}`, fileOf(name)]))
}
