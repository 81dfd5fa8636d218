import { startCloudFormation } from '../../infra/local/cloudformation.ts'
import { startHttp } from '../fakes/start-http.ts'

/**
 * A CloudFormation that knows `stacks` (outputs by stack), and a CloudWatch Logs whose group of a function holds the lines
 * of that service. `denied`: error types by action; it may be changed at any time.
 */
export async function startFakeAws(options: {
  stacks: Record<string, Record<string, string>>
  lines: readonly string[]
  denied: ReadonlyMap<string, string>
}) {
  const { endpoint, ...cloudFormation } = await startCloudFormation(options.stacks)
  const logs = await startHttp((response, { body, headers }) => {
    const action = String(headers['x-amz-target']).replace('Logs_20140328.', 'logs:')
    const errorType = options.denied.get(action)
    response.writeHead(errorType ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    const page = errorType ? { __type: errorType } : filter(options.lines, JSON.parse(body))
    response.end(JSON.stringify(page))
  })
  return {
    cloudFormation: { url: endpoint },
    logs,
    stop: () => Promise.all([cloudFormation.stop(), logs.stop()]),
  }
}

type Search = { logGroupName: string; startTime: number; filterPattern: string; nextToken?: string }

/** The first page is empty, as CloudWatch's may be. Of filter patterns it knows `{ ($.a = "b") || ... }`. */
function filter(lines: readonly string[], { logGroupName, startTime, filterPattern, nextToken }: Search) {
  if (!nextToken) return { events: [], nextToken: 'second page' }
  const terms = [...filterPattern.matchAll(/\(\$\.(\w+) = "([^"]*)"\)/g)]
  const isFound = (line: Record<string, unknown>) =>
    line.service === logGroupName &&
    Date.parse(String(line.timestamp)) >= startTime &&
    terms.some(([, field = '', value]) => line[field] === value)
  return { events: lines.filter((line) => isFound(JSON.parse(line))).map((message) => ({ message })) }
}
