import * as z from 'zod'
import { type Answer, jsonAnswer, parseJson } from './answers.ts'
import type { FaultList } from './fault-list.ts'
import { FaultRuleSchema } from './faults.ts'
import { passwordStatus } from './password-book.ts'
import type { ProjectState, SimulatedMember } from './project.ts'

/**
 * Answers a request under /simulator/, with which people drive the simulator while the local system runs.
 * `route` is like `GET /simulator/calls`, `text` the body. A bad body gets a 400 that names the field.
 */
export function answerControlRequest(simulation: ControlledSimulation, route: string, text: string): Answer {
  const serve = ROUTES[route]
  return serve ? serve(simulation, text) : refusal(404, [{ path: [], message: `no ${route} here` }])
}

type ControlledSimulation = {
  project: ProjectState
  faults: FaultList
  /** Every request to require_reset so far. */
  calls: readonly object[]
}

/** A rule that hits every connection would also hit the request to clear it. */
const RemoteFaultRuleSchema = FaultRuleSchema.refine(
  (rule) => rule.kind !== 'reset_on_connect' || rule.times !== undefined,
  {
    error: 'reset_on_connect needs it here: without it this API could not be reached again',
    path: ['times'],
  },
)

const ROUTES: Record<string, (simulation: ControlledSimulation, text: string) => Answer> = {
  'GET /simulator/calls': ({ calls }) => jsonAnswer(200, calls),
  'GET /simulator/members': ({ project }) => {
    const describe = (member: SimulatedMember) => ({
      ...member,
      password: passwordStatus(project.passwords, member.email),
      openSessions: project.sessions.countOpen(member),
    })
    return jsonAnswer(200, project.members().map(describe))
  },
  'GET /simulator/sessions': ({ project }) => jsonAnswer(200, project.sessions.all()),
  'POST /simulator/sessions': ({ project }, text) =>
    forMembers(project, text, (email) => project.addSession({ email })),
  'POST /simulator/faults': ({ faults }, text) => {
    const rule = RemoteFaultRuleSchema.safeParse(parseJson(text))
    if (!rule.success) return refusal(400, rule.error.issues)
    faults.add(rule.data)
    return jsonAnswer(200, rule.data)
  },
  'DELETE /simulator/faults': ({ faults }) => {
    faults.clear()
    return jsonAnswer(200, {})
  },
  'POST /simulator/passwords': ({ project }, text) =>
    forMembers(project, text, (email) => {
      project.passwords.set(email, project.now())
      return passwordStatus(project.passwords, email)
    }),
}

/** Does something for the members whose e-mail the body names, and answers with the result. */
function forMembers(project: ProjectState, text: string, serve: (email: string) => unknown): Answer {
  const body = EmailSchema.safeParse(parseJson(text))
  if (!body.success) return refusal(400, body.error.issues)
  const { email_address: email } = body.data
  if (project.membersOf(email).length === 0)
    return refusal(404, [{ path: ['email_address'], message: 'no member has this e-mail' }])
  return jsonAnswer(200, serve(email))
}

const EmailSchema = z.strictObject({ email_address: z.string() })

type Issue = { path: PropertyKey[]; message: string; keys?: string[] }

function refusal(status: number, issues: Issue[]): Answer {
  const described = issues.map(({ path, message, keys = [] }) => ({
    field: [...path, ...keys.slice(0, 1)].join('.'),
    message,
  }))
  return jsonAnswer(status, { issues: described })
}
