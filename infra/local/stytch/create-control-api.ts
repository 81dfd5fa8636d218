import * as z from 'zod'
import { type Answer, jsonAnswer } from './answers.ts'
import { type FaultList, FaultRuleSchema } from './faults.ts'
import { type ProjectState, passwordStatus, type SimulatedMember } from './project.ts'
import type { SimulatorCall } from './simulator.ts'

/** Answers a request under /simulator/; `route` is like `GET /simulator/calls`, `text` its body. A bad body: 400 naming the field. */
export type ControlApi = (route: string, text: string) => Answer

/** A rule that hits every connection would also lock out whoever wants to clear it. */
const RemoteFaultRuleSchema = FaultRuleSchema.refine(
  (rule) => rule.kind !== 'reset_on_connect' || rule.times !== undefined,
  {
    error: 'reset_on_connect needs it here: without it this API could not be reached again',
    path: ['times'],
  },
)
const PasswordSchema = z.strictObject({ email_address: z.string() })

/** Lets people drive the simulator by HTTP while the local system runs. `now` in ms. */
export function createControlApi(dependencies: {
  project: ProjectState
  faults: FaultList
  calls: () => readonly SimulatorCall[]
  now: () => number
}): ControlApi {
  const { project, faults, calls, now } = dependencies

  const routes: Record<string, (text: string) => Answer> = {
    'GET /simulator/calls': () => jsonAnswer(200, calls()),
    'GET /simulator/members': () => {
      const describe = (member: SimulatedMember) => ({
        ...member,
        password: passwordStatus(project.passwords, member.email),
      })
      return jsonAnswer(200, project.members().map(describe))
    },
    'POST /simulator/faults': (text) => {
      const rule = RemoteFaultRuleSchema.safeParse(parseJson(text))
      if (!rule.success) return refusal(400, rule.error.issues)
      faults.add(rule.data)
      return jsonAnswer(200, rule.data)
    },
    'DELETE /simulator/faults': () => {
      faults.clear()
      return jsonAnswer(200, {})
    },
    'POST /simulator/passwords': (text) => {
      const body = PasswordSchema.safeParse(parseJson(text))
      if (!body.success) return refusal(400, body.error.issues)
      const { email_address: email } = body.data
      if (project.membersOf(email).length === 0)
        return refusal(404, [{ path: ['email_address'], message: 'no member has this e-mail' }])
      project.passwords.set(email, now())
      return jsonAnswer(200, passwordStatus(project.passwords, email))
    },
  }

  return (route, text) => routes[route]?.(text) ?? refusal(404, [{ path: [], message: `no ${route} here` }])
}

type Issue = { path: PropertyKey[]; message: string; keys?: string[] }

function refusal(status: number, issues: Issue[]): Answer {
  const described = issues.map(({ path, message, keys = [] }) => ({
    field: [...path, ...keys.slice(0, 1)].join('.'),
    message,
  }))
  return jsonAnswer(status, { issues: described })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
