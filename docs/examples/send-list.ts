import { readFile } from 'node:fs/promises'
import { SQSClient } from '@aws-sdk/client-sqs'
import { adapters } from 'breach-reset/adapters'
import { createProducer } from 'breach-reset/producer'

const [file] = process.argv.slice(2)
const queueUrl = process.env.BREACH_QUEUE_URL
if (!file || !queueUrl) {
  console.error('usage: BREACH_QUEUE_URL=<url> node send-list.ts <file with a page of SpyCloud records>')
  process.exit(2)
}
// The stage's maxMembersPerEvent: an event above it resets nobody.
const producer = createProducer({ sqs: new SQSClient({}), queueUrl, maxMembersPerEvent: 1000 })

// From your own detector: any number of members.
const found = producer.prepare({
  source: 'urn:example:stealer-log-feed',
  id: 'harvest-41234',
  time: '2026-11-20T10:00:00Z',
  data: {
    reason: 'infostealer',
    exposed_at: '2026-11-18T22:10:00Z',
    members: [{ email_address: 'ada@customer.example' }, { email_address: 'lin@customer.example' }],
  },
})
// From a vendor: what its API or webhook gave, parsed from JSON.
const { events, invalid } = adapters.spycloud(JSON.parse(await readFile(file, 'utf8')))
const prepared = [found, ...events.map(producer.prepare)]

// Who is left out: field and rule, never a value. These can be logged.
const problems = prepared.flatMap((event) => event.problems)
for (const { field, rule } of problems) console.error(`${field}: ${rule}`)
for (const { where, rule } of invalid) console.error(`${where}: ${rule}`)

const results = await producer.send(prepared.flatMap((event) => event.events))
for (const result of results) {
  const reason = result.status === 'sent' ? '' : `: ${result.reason}`
  console.log(`${result.id}: ${result.members} members, ${result.status}${reason}`)
}
const isAll = problems.length + invalid.length === 0 && results.every(({ status }) => status === 'sent')
process.exitCode = isAll ? 0 : 1
