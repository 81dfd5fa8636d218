import { startHttp } from '../fakes/start-http.ts'

const NAMESPACE = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"'

/**
 * A CloudFormation that knows `stacks` (outputs by stack), and a CloudWatch Logs whose group of a function holds the lines
 * of that service. `denied`: error types by action; it may be changed at any time.
 */
export async function startFakeAws(options: {
  stacks: Record<string, Record<string, string>>
  lines: readonly string[]
  denied: ReadonlyMap<string, string>
}) {
  const cloudFormation = await startHttp((response, { body }) => {
    const outputs = options.stacks[new URLSearchParams(body).get('StackName') ?? '']
    response.writeHead(outputs ? 200 : 400, { 'content-type': 'text/xml' })
    response.end(outputs ? describeStacks(outputs) : refuse('ValidationError', 'Stack does not exist'))
  })
  const logs = await startHttp((response, { body, headers }) => {
    const action = String(headers['x-amz-target']).replace('Logs_20140328.', 'logs:')
    const errorType = options.denied.get(action)
    response.writeHead(errorType ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    const page = errorType ? { __type: errorType } : filter(options.lines, JSON.parse(body))
    response.end(JSON.stringify(page))
  })
  return { cloudFormation, logs, stop: () => Promise.all([cloudFormation.stop(), logs.stop()]) }
}

function describeStacks(outputs: Record<string, string>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  )
  const stack = `<StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-20T10:00:00Z</CreationTime>`
  return `<DescribeStacksResponse ${NAMESPACE}><DescribeStacksResult><Stacks><member>${stack}<Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
}

function refuse(code: string, message: string): string {
  return `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
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
