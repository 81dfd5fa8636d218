import type { ProjectState } from './create-project-state.ts'
import { errorAnswer } from './error-answer.ts'
import { findTarget } from './find-target.ts'
import type { Answer } from './json-answer.ts'
import { numberedUuid } from './numbered-uuid.ts'
import type { ResetRequest } from './parse-reset-request.ts'
import type { CallEffect } from './simulator-call.ts'
import type { SimulatorSettings } from './simulator-settings.ts'
import { successAnswer } from './success-answer.ts'

/** What a healthy Stytch would answer, and what it would do to the password; nothing has been done yet. */
export type Decision = { answer: Answer; effect: CallEffect }

export type AnswerRequireReset = (request: ResetRequest | undefined, requestId: string) => Decision

/**
 * Decides a require_reset call. The password of an e-mail with one active member is deleted; with several it is marked
 * (and, going by the letter of Stytch's documentation, also with none).
 */
export function createAnswerRequireReset(
  project: ProjectState,
  settings: SimulatorSettings,
): AnswerRequireReset {
  return (request, requestId) => {
    const refuse = (statusAndType: string): Decision => {
      const [status, errorType = ''] = statusAndType.split(' ')
      return { answer: errorAnswer(Number(status), errorType, requestId), effect: 'none' }
    }
    if (!request) return refuse('400 bad_request')
    if (!/^[^\s@]+@[^\s@]+$/.test(request.email)) return refuse('400 invalid_email')
    if (settings.passwords === 'organization_scoped') return refuse('400 cross_org_passwords_not_enabled')

    const target = findTarget(project, request, settings.mismatchedIds)
    if (target.kind === 'unknown_email') return refuse(settings.unknownEmail)
    if (target.kind === 'mismatch') return refuse(`404 ${target.errorType}`)
    if (target.organization.suspended && settings.suspendedOrganization !== '200')
      return refuse(settings.suspendedOrganization)

    const { member, organization } = target
    const password = project.passwords.find(request.email)
    if (!password && settings.noPassword !== '200') return refuse(settings.noPassword)
    const active = project.membersOf(request.email).filter(({ status }) => status === 'active')
    const effect = !password ? 'none' : active.length === 1 ? 'deleted' : 'reset_required'
    const passwordId =
      password && effect !== 'deleted' ? `member-password-test-${numberedUuid(password.number)}` : undefined
    return { answer: successAnswer({ requestId, member, organization, passwordId }, settings), effect }
  }
}
