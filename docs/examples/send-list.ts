import { readFile } from 'node:fs/promises'
import { SQSClient } from '@aws-sdk/client-sqs'
import { adapters } from 'breach-reset/adapters'
import { createProducer } from 'breach-reset/producer'

const queueUrl = process.env.BREACH_QUEUE_URL ?? ''
// The stage's maxMembersPerEvent: an event above it resets nobody.
const producer = createProducer({ sqs: new SQSClient({}), queueUrl, maxMembersPerEvent: 1000 })

// From your own detector: any number of members.
const found = producer.prepare({
  source: 'urn:example:stealer-log-feed',
  id: 'harvest-41234',
  time: '2026-11-20T10:00:00Z',
  data: {
    reason: 'infostealer',
    exposed_at: '2026-11-19T22:10:00Z',
    members: [{ email_address: 'ada@customer.example' }, { email_address: 'lin@customer.example' }],
  },
})

// From a vendor: what its API or webhook gave, parsed from JSON.
const page = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'))
const adapted = adapters.spycloud(page)
const prepared = [found, ...adapted.events.map(producer.prepare)]

// Line, field and rule, never a value: these can be logged.
for (const { field, rule } of prepared.flatMap(({ problems }) => problems)) console.error(`${field}: ${rule}`)
for (const { where, rule } of adapted.invalid) console.error(`${where}: ${rule}`)

const results = await producer.send(prepared.flatMap(({ events }) => events))
for (const { id, members, status } of results) console.log(`${id}: ${members} members, ${status}`)
if (results.some(({ status }) => status !== 'sent')) process.exitCode = 1
