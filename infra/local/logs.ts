import * as z from 'zod'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { type AwsEndpoint, answer, type EndpointOptions, startAwsEndpoint } from './aws-endpoint.ts'

/** How many lines of a group are kept at least: the newest. */
const KEPT_LINES = 2000

/**
 * Starts CloudWatch Logs with one action, FilterLogEvents, on a free port of 127.0.0.1. Of filter patterns it knows `{ ($.a = "b") || ... }`.
 * Every request passes the interceptor first. `groups`: the names of the log groups.
 */
export async function startLogs(
  groups: readonly string[],
  options: EndpointOptions = {},
): Promise<LocalLogs> {
  const linesOf = new Map(groups.map((group) => [group, [] as Line[]]))
  const endpoint = await startAwsEndpoint({
    service: 'logs',
    ...options,
    serve({ call, response }) {
      const refuse = (__type: string, message: string) => answer(response, 400, { __type, message })
      if (call.action !== 'FilterLogEvents') return refuse('UnknownOperationException', call.action)
      const request = RequestSchema.safeParse(call.body)
      if (!request.success) return refuse('InvalidParameterException', z.prettifyError(request.error))
      const { logGroupName, startTime, filterPattern } = request.data
      const lines = linesOf.get(logGroupName)
      if (!lines) return refuse('ResourceNotFoundException', 'The specified log group does not exist.')
      const events = lines.filter(
        ({ timestamp, message }) => timestamp >= startTime && filterPattern(message),
      )
      return answer(response, 200, { events })
    },
  })
  return {
    ...endpoint,
    put(group, message) {
      const lines = linesOf.get(group)
      lines?.push({ timestamp: Date.now(), message })
      if (lines && lines.length >= 2 * KEPT_LINES) lines.splice(0, KEPT_LINES)
    },
  }
}

type LocalLogs = AwsEndpoint & {
  /** Adds a line to a group, logged now. */
  put(group: string, message: string): void
}

/** `timestamp`: ms since the epoch. */
type Line = { timestamp: number; message: string }

const TERM = String.raw`\(\$\.(\w+) = "([^"]*)"\)`
const PATTERN = new RegExp(String.raw`^\{ ${TERM}( \|\| ${TERM})* \}$`)

/** A line that is JSON, as those of the functions are. */
const LineSchema = z.object({ kind: z.literal('parsed'), value: z.record(z.string(), z.unknown()) })

const RequestSchema = z.strictObject({
  logGroupName: z.string(),
  startTime: z.number(),
  filterPattern: z
    .string()
    .regex(PATTERN)
    .transform((pattern) => {
      const terms = [...pattern.matchAll(new RegExp(TERM, 'g'))]
      return (message: string) => {
        const line = LineSchema.safeParse(parseJson(message)).data?.value
        return terms.some(([, field = '', value]) => line?.[field] === value)
      }
    }),
})
