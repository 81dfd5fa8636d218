// Loads a bundle as Lambda would and calls its handler with the events that are sent to it. Plain JavaScript, so that the time
// until the handler is loaded is that of Node and the bundle alone.
const bootedMs = performance.now()
const path = require('node:path')
const { handler } = require(path.join(process.env.LAMBDA_TASK_ROOT, 'index.js'))
const loadedMs = performance.now()

const TIMEOUT_MS = 900_000

function createContext() {
  const deadline = Date.now() + TIMEOUT_MS
  return {
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    callbackWaitsForEmptyEventLoop: false,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
}

async function invoke(event) {
  const { batchItemFailures } = await handler(event, createContext())
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} records failed`)
}

process.on('message', async (events) => {
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  for (const event of events) await invoke(event)
  const wallMs = performance.now() - startedMs
  const { user, system } = process.cpuUsage(cpuBefore)
  process.send({ wallMs, cpuMicros: user + system, peakRssKb: process.resourceUsage().maxRSS })
})
process.on('disconnect', () => process.exit())

invoke(JSON.parse(process.argv[2])).then(() =>
  process.send({ bootedMs, loadedMs, answeredMs: performance.now() }),
)
