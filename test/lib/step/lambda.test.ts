import { afterEach, expect, it, vi } from 'vitest'
import { readRows } from '../../../lib/ledger/ledger.ts'
import { createLambda } from '../../../lib/step/lambda.ts'
import { CONFIG } from '../../fakes/create-reset-world.ts'
import { type Answer, startHttp } from '../../fakes/start-http.ts'
import { fact } from '../progress/facts.ts'

afterEach(() => vi.unstubAllEnvs())

/** A step on a DynamoDB that answers for the table of facts by `progress`, and for the ledger by `ledger`. */
async function createStep(answers: { progress: Answer; ledger: Answer }) {
  const dynamoDB = await startHttp((response, request) => {
    const answer = request.body.includes('"progress"') ? answers.progress : answers.ledger
    answer(response, request)
  })
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDB.url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  const { effects, ledger } = createLambda('step', CONFIG)
  const putFacts = (count: number) =>
    Array.from({ length: count }, (_, place) => effects.putFact(fact(), String(place)))
  return { ...dynamoDB, putFacts, readLedger: () => readRows(ledger, ['person']) }
}

const noRows: Answer = (response) => response.end(JSON.stringify({ Responses: {} }))
const failWith = (status: number, __type: string): Answer => {
  return (response) => response.writeHead(status).end(JSON.stringify({ __type }))
}

/** How many connections a client of the SDK opens to a host. */
const CONNECTIONS = 50

it('a table of facts that hangs leaves the ledger its connections', async () => {
  const hanging = Promise.withResolvers<void>()
  const step = await createStep({ progress: () => hanging.resolve(), ledger: noRows })
  await step.readLedger()
  const given = Promise.withResolvers<'a fact is given up'>()
  const facts = step
    .putFacts(CONNECTIONS + 1)
    .map((put) => put.catch(() => given.resolve('a fact is given up')))
  await hanging.promise
  expect(await Promise.race([step.readLedger(), given.promise])).toEqual(new Map())
  await step.stop()
  await Promise.all(facts)
})

it('a table of facts that throttles leaves the ledger its second tries', async () => {
  const answers = [failWith(500, 'InternalServerError'), noRows]
  const step = await createStep({
    progress: failWith(400, 'ThrottlingException'),
    ledger: (...asked) => answers.shift()?.(...asked),
  })
  await Promise.allSettled(step.putFacts(150))
  expect(await step.readLedger()).toEqual(new Map())
  await step.stop()
})
